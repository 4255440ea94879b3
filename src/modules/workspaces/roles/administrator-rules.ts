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

/** Whether anybody else may still do everything, without that user and without that role. */
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

const DESCRIPTION = 'A workspace always has an active user who may do everything.'

/** The last user who may do everything keeps a role for it, and stays. */
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

/** A role that the last user who may do everything has it by keeps `*:*`. */
export const administratorRoleStays: RecordRule = {
  name: 'workspaces.administratorRoleStays',
  description: DESCRIPTION,
  object: 'Role',
  on: ['update'],
  isIntegral: true,
  async before(write, context) {
    const { permissions } = write.values
    const had = write.before?.['permissions']
    const isTaken =
      Array.isArray(had) &&
      had.includes(ALL_PERMISSIONS) &&
      Array.isArray(permissions) &&
      !permissions.includes(ALL_PERMISSIONS)
    if (!isTaken || (await hasAnother(workOf(context), { roleId: write.id }))) return undefined
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
