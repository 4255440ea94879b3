import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { permissionSet } from '../../../platform/permissions/grants.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { updateRecord } from '../../../platform/writes/update.ts'

/** `updateViewer`: what everybody may change of themselves. */
export const updateViewer = defineOperation({
  name: 'updateViewer',
  description:
    'Changes what the caller may change of themselves without any permission. What is left out stays as it is.',
  permission: null,
  input: {
    version: {
      type: 'Int',
      isRequired: true,
      description:
        'Version of the user that the change was made from. A stale one changes nothing and answers StaleVersionError.',
    },
    displayName: { type: 'String', description: 'Name that others see.' },
  },
  payload: {
    user: {
      type: 'User',
      isNullable: true,
      description: 'The caller as the write left them; null where there are errors.',
    },
  },
  async run(input, context) {
    const work = workOf(context)
    const { actor } = work.context
    if (actor.kind !== 'USER')
      return {
        values: { user: null },
        userErrors: [invalid(['input'], 'Only users change themselves; an API key is changed by updateApiKey.')],
      }
    const user = objectNamed(work.context.runtime.registry, 'User')
    const written = await updateRecord(ofOneself(work), user, actor.id, input)
    return { values: { user: written.id }, userErrors: written.errors }
  },
})

/** The same work, with the right to change one's own display name. */
function ofOneself(work: UnitOfWork): UnitOfWork {
  const permissions = permissionSet(['user:read', 'user.displayName:update'])
  const { limitedBy: _limitedBy, ...actor } = work.context.actor
  return { ...work, context: { ...work.context, actor: { ...actor, permissions } } }
}
