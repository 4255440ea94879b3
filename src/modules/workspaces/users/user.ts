import { text } from '../../../platform/declare/objects/column-input.ts'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import type { Act } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { actorRole } from '../actor-object.ts'
import { emailAddress } from './email-address.ts'

export const displayName = text(200).min(1, 'Must not be empty.')

export const user = defineObject({
  name: 'User',
  model: 'Actor',
  description: 'A person who logs in to the workspace.',
  prefix: 'user',
  plural: 'users',
  where: { column: 'kind', equals: 'USER' },
  ownedBy: 'id',
  naturalKey: ['email'],
  columns: { displayName: { input: displayName }, email: { input: emailAddress }, isActive: { input: false } },
  fields: {
    roles: many({
      description: 'Roles of the user: together they say what the user may do.',
      object: 'Role',
      link: { item: actorRole, by: 'actor', to: 'role', isWritten: true },
    }),
    sessions: many({
      description: 'Sign-ins of the user, those that ended too.',
      object: 'Session',
      by: 'actor',
      defaultOrder: [{ field: 'lastUsedAt', direction: 'DESC' }],
    }),
  },
  writes: ['create', 'update'],
})

const NOT_ONESELF = 'workspaces.notOneself'

/** `suspendUser`: from the next request on nothing of the user's is answered, and the sessions end. */
export const suspendUser: Act = {
  name: 'suspendUser',
  description: "Refuses the user's requests from now on and ends the sessions. What the user made and owns stays.",
  object: 'User',
  apply(record, context) {
    const refuse = (message: string, rule = 'workspaces.userStatus') => ({
      refusals: [ruleViolation(rule, ['input', 'id'], message)],
    })
    if (record['id'] === workOf(context).context.actor.id)
      return refuse('You would lock yourself out. Let another administrator do it.', NOT_ONESELF)
    return record['isActive'] === false ? refuse('The user is suspended already.') : { patch: { isActive: false } }
  },
}

/** `reactivateUser` */
export const reactivateUser: Act = {
  name: 'reactivateUser',
  description: 'Lets a suspended user sign in again.',
  object: 'User',
  apply: (record) =>
    record['isActive'] === true
      ? { refusals: [ruleViolation('workspaces.userStatus', ['input', 'id'], 'The user is active already.')] }
      : { patch: { isActive: true } },
}
