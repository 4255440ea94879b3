import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import { parsePermission, type Scope } from '../../../platform/declare/permission.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { PendingWrite, RecordRule } from '../../../platform/declare/rules/rule.ts'
import { rightsViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { permissionsNotHeld, permissionText } from '../../../platform/permissions/cover.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { branchAbove } from '../../../platform/writes/tree.ts'
import { sensitiveIn } from './permission-texts.ts'
import { ROLE_TREE } from './role-hierarchy.ts'

/**
 * Returns the permission texts that the caller does not have, and so may not give to anybody. Texts that are not valid
 * permissions are left out, because they grant nothing.
 */
export function lacking(work: UnitOfWork, texts: readonly string[]): string[] {
  const permissions = texts.filter((text) => parsePermission(text) !== null)
  return permissionsNotHeld(work.context.actor, permissions, sensitiveIn(work.context.runtime.registry))
}

/**
 * Returns the permission texts without their scopes, as permissions on all records. When `scope` is set, leaves out
 * texts that do not have this scope.
 */
export function forAllRecords(texts: readonly string[], scope?: Scope): string[] {
  return texts.flatMap((text) => {
    const parsed = parsePermission(text)
    return parsed && (scope === undefined || parsed.scope === scope) ? [permissionText({ ...parsed, scope: null })] : []
  })
}

/**
 * Returns the permissions that the caller does not have and would gain by acting as an actor with these roles. For
 * another actor, `account:read@own` covers other records than for the caller. So, unless the actor is the caller, the
 * caller needs `account:read`, the permission for all records.
 */
export function lackingToActAs(work: UnitOfWork, actorId: string, roles: readonly GrantingRole[]): string[] {
  const texts = roles.flatMap(({ permissions }) => permissions)
  return lacking(work, actorId === work.context.actor.id ? texts : forAllRecords(texts))
}

/** A role with the permissions that it grants. */
interface GrantingRole {
  readonly id: string
  readonly name: string
  readonly permissions: readonly string[]
}

const GRANTING_ROLE = { id: true, name: true, permissions: true } as const

/** Returns the roles with these ids (uuids), except soft-deleted roles. */
export async function rolesById({ unrestricted }: PluginContext, ids: readonly string[]): Promise<GrantingRole[]> {
  return unrestricted.prisma.role.findMany({ where: { id: { in: [...ids] }, deletedAt: null }, select: GRANTING_ROLE })
}

/** Returns the roles of an actor, except soft-deleted roles. */
export async function rolesOf({ unrestricted }: PluginContext, actorId: string): Promise<GrantingRole[]> {
  const where = { deletedAt: null, ActorRole_role: { some: { actorId } } }
  return unrestricted.prisma.role.findMany({ where, select: GRANTING_ROLE })
}

/**
 * Checks the roles that a write gives to a user or an API key. Returns the roles that the actor has before the write,
 * and an error for each new role that grants permissions that the caller does not have.
 * @param rule Name of the rule in the errors.
 */
export async function checkNewRoles(
  context: PluginContext,
  rule: string,
  write: PendingWrite,
): Promise<{ readonly had: readonly GrantingRole[]; readonly errors: UserError[] }> {
  const had = write.kind === 'create' ? [] : await rolesOf(context, write.id)
  const hadIds = new Set(had.map(({ id }) => id))
  return { had, errors: await newRoleErrors(context, rule, write.items.get('roles') ?? [], hadIds) }
}

async function newRoleErrors(
  context: PluginContext,
  rule: string,
  roles: readonly Values[],
  had: ReadonlySet<string>,
): Promise<UserError[]> {
  const newRoles = roles.map((row, index) => ({ id: String(row['roleId']), index })).filter(({ id }) => !had.has(id))
  if (newRoles.length === 0) return []
  const known = new Map(
    (
      await rolesById(
        context,
        newRoles.map(({ id }) => id),
      )
    ).map((role) => [role.id, role]),
  )
  return newRoles.flatMap(({ id, index }) => {
    const role = known.get(id)
    const missing = role ? lacking(workOf(context), role.permissions) : []
    return missing.length === 0
      ? []
      : [
          rightsViolation(
            rule,
            ['input', 'roles', String(index), 'roleId'],
            missing,
            `The role ${role?.name} grants ${listed(missing)}, which you do not have yourself.`,
          ),
        ]
  })
}

/** Returns the permissions as part of a message, such as `a:read, b:read, c:read and 2 more`. */
export function listed(permissions: readonly string[]): string {
  const [first = '', second, third, ...more] = permissions
  const named = [first, second, third].filter((each) => each !== undefined).join(', ')
  return more.length === 0 ? named : `${named} and ${more.length} more`
}

const NAME = 'workspaces.roleWithinOwnRights'

/** Prevents users from gaining permissions by writing roles. Kubernetes has the same rule for its roles. */
export const roleWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'A caller can add to a role only permissions that the caller has. Placing a role below other roles requires, for all records, the permissions that these roles grant with the scope @hierarchy.',
  object: 'Role',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    // A restored role grants its permissions again, so all of them count as new.
    const before = write.kind === 'update' ? textsOf(write.before?.['permissions']) : []
    const now = textsOf(write.kind === 'restore' ? write.before?.['permissions'] : write.values['permissions'])
    const refusals = now.flatMap((permission, index) =>
      before.includes(permission) || lacking(work, [permission]).length === 0
        ? []
        : [
            rightsViolation(
              NAME,
              write.kind === 'restore' ? ['input', 'id'] : ['input', 'permissions', String(index)],
              [permission],
              `You do not have ${permission} yourself, so you can't give it to a role.`,
            ),
          ],
    )
    const parentId = write.values['parentId']
    if (typeof parentId !== 'string' || parentId === write.before?.['parentId']) return { refusals }
    // By the scope `@hierarchy`, users with a role above get access to the records that users with this role own.
    const missing = lacking(work, await permissionsByHierarchy(work, parentId))
    if (missing.length === 0) return { refusals }
    const why = `Users with a role above would get ${listed(missing)} on records of users with this role, which you do not have yourself for all records.`
    return { refusals: [...refusals, rightsViolation(NAME, ['input', 'parentId'], missing, why)] }
  },
}

/** Returns what a role and the roles above it grant with the scope `@hierarchy`, as permissions on all records. */
async function permissionsByHierarchy({ transaction }: UnitOfWork, roleId: string): Promise<string[]> {
  // PostgreSQL's statistics do not contain a new workspace yet. If the planner saw its id, it could choose a slow plan.
  const workspaceId = hiddenFromPlanner(transaction.workspaceId)
  const above = await transaction.query<{ permissions: readonly string[] }>(
    sql`select r.permissions from (${branchAbove(ROLE_TREE, workspaceId, sql`${roleId}::uuid`)}) above
        join roles r on r.workspace_id = ${workspaceId} and r.id = above.id`,
  )
  return above.flatMap(({ permissions }) => forAllRecords(permissions, 'hierarchy'))
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
