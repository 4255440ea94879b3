import { text } from '../../../platform/declare/objects/column-input.ts'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import type { Act } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { emailAddress } from '../../../platform/formats/email-address.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { actorRole } from '../actor-object.ts'

export const displayName = text(200).min(1, 'Must not be empty.')

export const user = defineObject({
  name: 'User',
  model: 'Actor',
  description: 'A person who signs in to the workspace.',
  prefix: 'user',
  plural: 'users',
  where: { column: 'kind', equals: 'USER' },
  // A user owns their own record, so that `user:read@own` covers it.
  ownedBy: 'id',
  naturalKey: ['email'],
  columns: { displayName: { input: displayName }, email: { input: emailAddress }, isActive: { input: false } },
  fields: {
    roles: many({
      description: 'Roles of the user. The user has the permissions of all these roles.',
      object: 'Role',
      link: { item: actorRole, by: 'actor', to: 'role', isWritten: true },
    }),
    sessions: many({
      description: 'Sessions of the user, including ended sessions.',
      object: 'Session',
      by: 'actor',
      defaultOrder: [{ field: 'lastUsedAt', direction: 'DESC' }],
    }),
  },
  writes: ['create', 'update'],
})

const NOT_ONESELF = 'workspaces.notOneself'

export const suspendUser: Act = {
  name: 'suspendUser',
  description:
    'Suspends a user: ends their sessions and refuses their requests from now on. Records that the user created or owns stay unchanged.',
  object: 'User',
  apply(record, context) {
    const refuse = (message: string, rule = 'workspaces.userStatus') => ({
      refusals: [ruleViolation(rule, ['input', 'id'], message)],
    })
    if (record['id'] === workOf(context).context.actor.id)
      return refuse("You can't suspend yourself. Ask another administrator to do it.", NOT_ONESELF)
    return record['isActive'] === false ? refuse('The user is suspended already.') : { patch: { isActive: false } }
  },
}

export const reactivateUser: Act = {
  name: 'reactivateUser',
  description: 'Reactivates a suspended user, who can then sign in again.',
  object: 'User',
  apply: (record) =>
    record['isActive'] === true
      ? { refusals: [ruleViolation('workspaces.userStatus', ['input', 'id'], 'The user is active already.')] }
      : { patch: { isActive: true } },
}
