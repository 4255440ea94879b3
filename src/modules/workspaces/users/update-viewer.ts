import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { permissionSet } from '../../../platform/permissions/grants.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { updateRecord } from '../../../platform/writes/update.ts'

export const updateViewer = defineOperation({
  name: 'updateViewer',
  description:
    'Changes the display name of the calling user; this needs no permission. A field that is left out stays unchanged.',
  permission: null,
  input: {
    version: {
      type: 'Int',
      isRequired: true,
      description:
        'Version of the user that the client read. If the user has changed since, nothing is written and the payload has a StaleVersionError.',
    },
    displayName: { type: 'String', description: 'Display name, which other users see.' },
  },
  payload: {
    user: {
      type: 'User',
      isNullable: true,
      description:
        'The updated user; null when there are errors. A caller without the permission user:read also gets null, may select only `id`, and reads their user by `viewer` instead.',
    },
  },
  async run(input, context) {
    const work = workOf(context)
    const { actor } = work.context
    if (actor.kind !== 'USER')
      return {
        values: { user: null },
        userErrors: [invalid(['input'], 'Only users can use updateViewer. Update an API key with updateApiKey.')],
      }
    const user = objectNamed(work.context.runtime.registry, 'User')
    const written = await updateRecord(withOwnNamePermission(work), user, actor.id, input)
    return { values: { user: written.id }, userErrors: written.errors }
  },
})

/**
 * Returns the unit of work with a caller who has exactly the two permissions that `updateViewer` needs. So the mutation
 * works for a user whose roles grant nothing, and does not let a user with more permissions change more. Removes
 * `limitedBy`, which restricts an actor's permissions further (as the scopes of an API key do), so that it can't
 * restrict the two permissions.
 */
function withOwnNamePermission(work: UnitOfWork): UnitOfWork {
  const permissions = permissionSet(['user:read', 'user.displayName:update'])
  const { limitedBy: _limitedBy, ...actor } = work.context.actor
  return { ...work, context: { ...work.context, actor: { ...actor, permissions } } }
}
