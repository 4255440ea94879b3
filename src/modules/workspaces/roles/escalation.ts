import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import { parsePermission, type Scope } from '../../../platform/declare/permission.ts'
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
 * Permissions of a list that the caller does not have themselves, and so may not give to anybody. A text that is none gives
 * nothing.
 */
export function lacking(work: UnitOfWork, texts: readonly string[]): string[] {
  const permissions = texts.filter((text) => parsePermission(text) !== null)
  return permissionsNotHeld(work.context.actor, permissions, sensitiveIn(work.context.runtime.registry))
}

/** Permissions of a list, or those of them with that scope, as if each were for all records. */
export function forAllRecords(texts: readonly string[], scope?: Scope): string[] {
  return texts.flatMap((text) => {
    const parsed = parsePermission(text)
    return parsed && (scope === undefined || parsed.scope === scope) ? [permissionText({ ...parsed, scope: null })] : []
  })
}

/**
 * What the caller would come to by acting as an actor with those roles and does not have: `account:read@own` is another right in
 * other hands, so a grant for some records counts as one for all. As oneself it is the same right.
 */
export function lackingToActAs(work: UnitOfWork, actorId: string, roles: readonly GrantingRole[]): string[] {
  const texts = roles.flatMap(({ permissions }) => permissions)
  return lacking(work, actorId === work.context.actor.id ? texts : forAllRecords(texts))
}

interface GrantingRole extends Record<string, unknown> {
  readonly id: string
  readonly name: string
  readonly permissions: readonly string[]
}

/** Roles by id. */
export function rolesById(work: UnitOfWork, ids: readonly string[]): Promise<GrantingRole[]> {
  const { transaction } = work
  return transaction.query<GrantingRole>(
    sql`select id, name, permissions from roles
        where workspace_id = ${transaction.workspaceId}::uuid and id = any(${[...ids]}::uuid[]) and deleted_at is null`,
  )
}

/** Roles that an actor has. */
export function rolesOf(work: UnitOfWork, actorId: string): Promise<GrantingRole[]> {
  const { transaction } = work
  return transaction.query<GrantingRole>(
    sql`select r.id, r.name, r.permissions from actor_roles ar
        join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id and r.deleted_at is null
        where ar.workspace_id = ${transaction.workspaceId}::uuid and ar.actor_id = ${actorId}::uuid`,
  )
}

/**
 * The roles that an actor who is written has so far, and why the caller may not give them those that are written: each role at
 * its place in the list that grants what the caller does not have. Roles that are had already are no gift.
 */
export async function roleGift(
  work: UnitOfWork,
  rule: string,
  write: PendingWrite,
): Promise<{ readonly had: readonly GrantingRole[]; readonly errors: UserError[] }> {
  const had = write.kind === 'create' ? [] : await rolesOf(work, write.id)
  const hadIds = new Set(had.map(({ id }) => id))
  return { had, errors: await giftErrors(work, rule, write.items.get('roles') ?? [], hadIds) }
}

async function giftErrors(
  work: UnitOfWork,
  rule: string,
  roles: readonly Values[],
  had: ReadonlySet<string>,
): Promise<UserError[]> {
  const given = roles.map((row, index) => ({ id: String(row['roleId']), index })).filter(({ id }) => !had.has(id))
  if (given.length === 0) return []
  const known = new Map(
    (
      await rolesById(
        work,
        given.map(({ id }) => id),
      )
    ).map((role) => [role.id, role]),
  )
  return given.flatMap(({ id, index }) => {
    const role = known.get(id)
    const missing = role ? lacking(work, role.permissions) : []
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

/** Permissions as a sentence names them: the first few, and how many more. */
export function listed(permissions: readonly string[]): string {
  const [first = '', second, third, ...more] = permissions
  const named = [first, second, third].filter((each) => each !== undefined).join(', ')
  return more.length === 0 ? named : `${named} and ${more.length} more`
}

const NAME = 'workspaces.roleWithinOwnRights'

/** Kubernetes' rule for its roles: whoever may write roles can't thereby come to more than they have. */
export const roleWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Nobody gives a role a permission that they do not have themselves, or puts it below roles that reach further by it.',
  object: 'Role',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
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
    // Who has a role above comes to reach what those below own.
    const missing = lacking(work, await permissionsByHierarchy(work, parentId))
    if (missing.length === 0) return { refusals }
    const why = `Whoever has a role above could do ${listed(missing)} with what those below own, which you may not do yourself.`
    return { refusals: [...refusals, rightsViolation(NAME, ['input', 'parentId'], missing, why)] }
  },
}

/** What the role and those above it allow by hierarchy, as if for all records. */
async function permissionsByHierarchy({ transaction }: UnitOfWork, roleId: string): Promise<string[]> {
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
