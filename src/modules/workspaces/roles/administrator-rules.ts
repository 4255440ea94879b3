import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { RecordRule } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import {
  ALL_PERMISSIONS,
  administrators,
  LAST_ADMINISTRATOR_MESSAGE,
} from '../../../platform/identity/administrators.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lockWorkspace } from '../../../platform/writes/tree.ts'
import { rolesById } from './escalation.ts'

/**
 * Whether the workspace has an active administrator, not counting the user `userId` and not counting the role `roleId`.
 * Locks the workspace until the end of the transaction, so that concurrent writes can't remove two administrators at
 * once.
 */
async function hasAnotherAdministrator(
  { transaction }: UnitOfWork,
  excluded: { readonly userId?: string; readonly roleId?: string },
): Promise<boolean> {
  await lockWorkspace(transaction)
  const [row] = await transaction.query(
    sql`${administrators(transaction.workspaceId)} and a.id is distinct from ${excluded.userId ?? null}::uuid and r.id is distinct from ${excluded.roleId ?? null}::uuid
        limit 1`,
  )
  return row !== undefined
}

const DESCRIPTION = 'A workspace always has an active administrator: a user with a role that grants *:*.'

/** Refuses to suspend the last active administrator, and to remove the role that grants this user `*:*`. */
export const administratorStays: RecordRule = {
  name: 'workspaces.administratorStays',
  description: DESCRIPTION,
  object: 'User',
  on: ['update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const isSuspended = write.values['isActive'] === false
    const roles = write.items.get('roles')
    if (!isSuspended && (!roles || (await grantEverything(context, roles)))) return undefined
    if (await hasAnotherAdministrator(work, { userId: write.id })) return undefined
    const path = isSuspended ? ['input', 'id'] : ['input', 'roles']
    return { refusals: [refusal('workspaces.administratorStays', path)] }
  },
}

/** Refuses to remove `*:*` from a role when the workspace would have no active administrator afterwards. */
export const administratorRoleStays: RecordRule = {
  name: 'workspaces.administratorRoleStays',
  description: DESCRIPTION,
  object: 'Role',
  on: ['update'],
  isIntegral: true,
  async before(write, context) {
    const { permissions } = write.values
    const had = write.before?.['permissions']
    const isRemoved =
      Array.isArray(had) &&
      had.includes(ALL_PERMISSIONS) &&
      Array.isArray(permissions) &&
      !permissions.includes(ALL_PERMISSIONS)
    if (!isRemoved || (await hasAnotherAdministrator(workOf(context), { roleId: write.id }))) return undefined
    return { refusals: [refusal('workspaces.administratorRoleStays', ['input', 'permissions'])] }
  },
}

/** Whether one of the roles grants `*:*`. `roles` are rows of an input, each with a `roleId`. */
async function grantEverything(context: PluginContext, roles: readonly Values[]): Promise<boolean> {
  const found = await rolesById(
    context,
    roles.map((row) => String(row['roleId'])),
  )
  return found.some(({ permissions }) => permissions.includes(ALL_PERMISSIONS))
}

function refusal(rule: string, path: readonly string[]) {
  return ruleViolation(rule, path, LAST_ADMINISTRATOR_MESSAGE)
}
