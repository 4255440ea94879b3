import { sql } from '../../../platform/data/sql.ts'
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
 * Whether the workspace has an active administrator other than this user, or by another role than this one. Locks the
 * workspace until the end of the transaction, so that concurrent writes can't remove two administrators at once.
 */
async function hasAnother(
  { transaction }: UnitOfWork,
  without: { readonly userId?: string; readonly roleId?: string },
): Promise<boolean> {
  await lockWorkspace(transaction)
  const [row] = await transaction.query(
    sql`${administrators(transaction.workspaceId)} and a.id is distinct from ${without.userId ?? null}::uuid and r.id is distinct from ${without.roleId ?? null}::uuid
        limit 1`,
  )
  return row !== undefined
}

const DESCRIPTION = 'A workspace always has an active administrator: a user with a role that grants *:*.'

/** Refuses to suspend the last active administrator, and to remove the role that makes them one. */
export const administratorStays: RecordRule = {
  name: 'workspaces.administratorStays',
  description: DESCRIPTION,
  object: 'User',
  on: ['update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const isSuspended = write.values['isActive'] === false
    const roles = write.items.get('roles')
    if (!isSuspended && (!roles || (await grantEverything(work, roles)))) return undefined
    if (await hasAnother(work, { userId: write.id })) return undefined
    const path = isSuspended ? ['input', 'id'] : ['input', 'roles']
    return { refusals: [refusal('workspaces.administratorStays', path)] }
  },
}

/** Refuses to remove `*:*` from the role that makes the last active administrator one. */
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
    if (!isRemoved || (await hasAnother(workOf(context), { roleId: write.id }))) return undefined
    return { refusals: [refusal('workspaces.administratorRoleStays', ['input', 'permissions'])] }
  },
}

async function grantEverything(work: UnitOfWork, roles: readonly Values[]): Promise<boolean> {
  const found = await rolesById(
    work,
    roles.map((row) => String(row['roleId'])),
  )
  return found.some(({ permissions }) => permissions.includes(ALL_PERMISSIONS))
}

function refusal(rule: string, path: readonly string[]) {
  return ruleViolation(rule, path, LAST_ADMINISTRATOR_MESSAGE)
}
