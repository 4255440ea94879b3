import { parsePermission } from '../../../platform/declare/permission.ts'
import type { RecordRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation } from '../../../platform/declare/rules/user-errors.ts'
import { endSessions } from '../../../platform/identity/sessions/sessions.ts'
import { isAdministrationObject } from '../../../platform/permissions/cover.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { checkNewRoles, lackingToActAs, listed } from '../roles/escalation.ts'

/**
 * Users sign in with their e-mail address. The column is nullable because the table also contains API keys and plugins,
 * which have no e-mail address.
 */
export const userHasEmail: RecordRule = {
  name: 'workspaces.userHasEmail',
  description: 'A user has an e-mail address.',
  object: 'User',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write) {
    const { email } = { ...write.before, ...write.values }
    return typeof email === 'string'
      ? undefined
      : { refusals: [invalid(['input', 'email'], 'A user needs an e-mail address.')] }
  },
}

const NAME = 'workspaces.userWithinOwnRights'

/** Prevents users from gaining permissions by creating other users, or by taking over users with more permissions. */
export const userWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Giving a role to a user, or removing a role from a user, requires the permissions of the role. Changing the e-mail address of a user requires all permissions of the user. Suspending a user requires the permissions of the user that decide who may do what, such as role:update.',
  object: 'User',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors: refusals } = await checkNewRoles(context, NAME, write)
    if (write.kind === 'create') return { refusals }
    const refuse = (missing: readonly string[], field: string, consequence: string) =>
      missing.length === 0
        ? []
        : [
            rightsViolation(
              NAME,
              ['input', field],
              missing,
              `The user has ${listed(missing)}, which you do not have, so ${consequence}.`,
            ),
          ]
    const { email, isActive } = write.values
    const newRoleIds = write.items.get('roles')?.map((row) => row['roleId'])
    // Without this check, the caller could first remove the roles of the user, and then change the e-mail address.
    const removed = had.filter(({ id }) => newRoleIds && !newRoleIds.includes(id))
    refusals.push(...refuse(lackingToActAs(work, write.id, removed), 'roles', "you can't remove their roles"))
    // Whoever has the new address could take over the user: they can ask for a new password, and identity providers
    // identify users by the e-mail address.
    if (email !== undefined && email !== write.before?.['email'])
      refusals.push(...refuse(lackingToActAs(work, write.id, had), 'email', "you can't change their e-mail address"))
    if (isActive === false && write.before?.['isActive'] === true)
      refusals.push(...refuse(administrative(lackingToActAs(work, write.id, had)), 'id', "you can't suspend them"))
    return { refusals }
  },
}

/**
 * Returns the permissions that let a user decide who may do what: `*:*`, and permissions on administrative objects for
 * any action except `read`, such as `role:update`.
 */
function administrative(permissions: readonly string[]): string[] {
  return permissions.filter((text) => {
    const parsed = parsePermission(text)
    if (!parsed || parsed.action === 'read') return false
    return parsed.object === '*' ? parsed.action === '*' : isAdministrationObject(parsed.object)
  })
}

export const suspensionEndsSessions: RecordRule = {
  name: 'workspaces.suspensionEndsSessions',
  description: 'Ends the sessions of a user who is suspended, so that they remain ended when the user is reactivated.',
  object: 'User',
  on: ['suspendUser'],
  isIntegral: true,
  async after(write, context) {
    const { transaction } = workOf(context)
    await endSessions(transaction, { workspaceId: transaction.workspaceId, actorId: write.id, reason: 'SUSPENDED' })
  },
}
