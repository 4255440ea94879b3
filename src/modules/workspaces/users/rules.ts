import { endSessions } from '../../../platform/access/sessions.ts'
import { type RecordRule, workOf } from '../../../platform/operations/define.ts'
import { invalid, ruleViolation } from '../../../platform/operations/user-errors.ts'
import { lacking, listed, roleGift } from '../roles/escalation.ts'

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
    'Nobody gives a user a role that grants more than they have themselves, or changes the e-mail address of a user who has more.',
  object: 'User',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    const { had, errors: refusals } = await roleGift(work, NAME, write)
    const { email } = write.values
    if (write.kind === 'create' || email === undefined || email === write.before?.['email']) return { refusals }
    // Whoever has the address can have the password set anew, or is the user to an identity provider.
    const missing = lacking(
      work,
      had.flatMap(({ permissions }) => permissions),
    )
    if (missing.length === 0) return { refusals }
    const why = `The user may do ${listed(missing)}, which you may not, so their e-mail address is not yours to change.`
    return { refusals: [...refusals, ruleViolation(NAME, ['input', 'email'], why)] }
  },
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
