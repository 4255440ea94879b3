import { parsePermission } from '../../../platform/declare/permission.ts'
import type { RecordRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation } from '../../../platform/declare/rules/user-errors.ts'
import { endSessions } from '../../../platform/identity/sessions/sessions.ts'
import { isAdministrationObject } from '../../../platform/permissions/cover.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lackingToActAs, listed, roleGift } from '../roles/escalation.ts'

/** A user signs in by an e-mail address. */
export const userHasEmail: RecordRule = {
  name: 'workspaces.userHasEmail',
  description: 'A user has an e-mail address.',
  object: 'User',
  on: ['create', 'update'],
  isIntegral: true,
  before(write) {
    const { email } = { ...write.before, ...write.values }
    return typeof email === 'string'
      ? undefined
      : { refusals: [invalid(['input', 'email'], 'A user needs an e-mail address.')] }
  },
}

const NAME = 'workspaces.userWithinOwnRights'

/** Nobody comes to more rights by making users, or by taking over those of others. */
export const userWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Nobody gives a user a role that grants more than they have themselves, takes such a role from a user, or changes their e-mail address; nobody suspends a user who administers more.',
  object: 'User',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors: refusals } = await roleGift(work, NAME, write)
    if (write.kind === 'create') return { refusals }
    const refuse = (missing: readonly string[], field: string, what: string) =>
      missing.length === 0
        ? []
        : [
            rightsViolation(
              NAME,
              ['input', field],
              missing,
              `The user may do ${listed(missing)}, which you may not, so ${what}.`,
            ),
          ]
    const { email, isActive } = write.values
    const given = write.items.get('roles')?.map((row) => row['roleId'])
    // Without the roles the user could be taken over after all.
    const taken = had.filter(({ id }) => given && !given.includes(id))
    refusals.push(...refuse(lackingToActAs(work, write.id, taken), 'roles', 'their roles are not yours to take'))
    // Whoever has the address can have the password set anew, or is the user to an identity provider.
    if (email !== undefined && email !== write.before?.['email'])
      refusals.push(
        ...refuse(lackingToActAs(work, write.id, had), 'email', 'their e-mail address is not yours to change'),
      )
    if (isActive === false && write.before?.['isActive'] === true)
      refusals.push(...refuse(administration(lackingToActAs(work, write.id, had)), 'id', 'you can’t suspend them'))
    return { refusals }
  },
}

/** Those permissions by which somebody decides who may do what. */
function administration(permissions: readonly string[]): string[] {
  return permissions.filter((text) => {
    const parsed = parsePermission(text)
    if (!parsed || parsed.action === 'read') return false
    return parsed.object === '*' ? parsed.action === '*' : isAdministrationObject(parsed.object)
  })
}

/** Ends what a suspended user is signed in to. */
export const suspensionEndsSessions: RecordRule = {
  name: 'workspaces.suspensionEndsSessions',
  description: 'Ends the sessions of a user who is suspended, so that they stay ended when the user is active again.',
  object: 'User',
  on: ['suspendUser'],
  isIntegral: true,
  async after(write, context) {
    const { transaction } = workOf(context)
    await endSessions(transaction, { workspaceId: transaction.workspaceId, actorId: write.id, reason: 'SUSPENDED' })
  },
}
