import { sql } from '../../../platform/data/sql.ts'
import type { WorkspaceStatements } from '../../../platform/data/transaction.ts'
import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { permissionErrors } from './permission-texts.ts'

export const rolePermissions = defineRule({
  name: 'workspaces.rolePermissions',
  description: 'The permissions of a role are well-formed, and name existing objects, fields and actions.',
  object: 'Role',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write, context) {
    const { permissions } = write.values
    if (!permissions) return undefined
    const { registry } = workOf(context).context.runtime
    return {
      refusals: permissionErrors(registry, permissions, write.before?.permissions ?? [], ['input', 'permissions']),
    }
  },
})

/** Deleting a role that is in use would change, without notice, what others may do. */
export const roleNotInUse = defineRule({
  name: 'workspaces.roleNotInUse',
  description: "A role that is in use can't be soft-deleted.",
  object: 'Role',
  on: ['delete'],
  isIntegral: true,
  async before(write, { transaction }): Promise<RuleResult | undefined> {
    const uses = await usesOfRole(transaction, write.id)
    if (uses.length === 0) return undefined
    const message = `The role is in use: ${uses.join(', ')}. Remove the role from them first.`
    return { refusals: [ruleViolation('workspaces.roleNotInUse', ['input', 'id'], message)] }
  },
})

/** Returns what uses a role, with counts: `2 users`, `1 sharing rule`. */
async function usesOfRole(transaction: WorkspaceStatements, roleId: string): Promise<string[]> {
  const role = sql`workspace_id = ${transaction.workspaceId}::uuid and role_id = ${roleId}::uuid`
  const [counts] = await transaction.query<Record<string, number>>(
    sql`select
      (select count(*)::int from actors a where a.workspace_id = ${transaction.workspaceId}::uuid and a.kind = 'USER'
         and a.id in (select actor_id from actor_roles where ${role})) as "user",
      (select count(*)::int from actors a where a.workspace_id = ${transaction.workspaceId}::uuid and a.kind = 'API_KEY' and a.is_active
         and a.id in (select actor_id from actor_roles where ${role})) as "API key",
      (select count(*)::int from roles where workspace_id = ${transaction.workspaceId}::uuid and parent_id = ${roleId}::uuid and deleted_at is null) as "role below it",
      (select count(*)::int from sharing_rules where ${role} and deleted_at is null) as "sharing rule",
      (select count(*)::int from record_grants where ${role} and deleted_at is null and (expires_at is null or expires_at > now())) as "record grant",
      (select count(*)::int from identity_providers p where p.workspace_id = ${transaction.workspaceId}::uuid and p.deleted_at is null
         and (p.default_role_id = ${roleId}::uuid or p.id in (select identity_provider_id from identity_provider_roles where ${role}))) as "identity provider"`,
  )
  return Object.entries(counts ?? {}).flatMap(([what, count]) =>
    count === 0 ? [] : [`${count} ${count === 1 ? what : (PLURALS[what] ?? `${what}s`)}`],
  )
}

const PLURALS: Readonly<Record<string, string>> = { 'role below it': 'roles below it' }
