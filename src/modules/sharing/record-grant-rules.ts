import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { invalid, notFound, ruleViolation, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { hasOwnAccess } from '../../platform/writes/own-access.ts'
import { mayActOn } from '../workspaces/index.ts'
import { shareableObject, sharedActions } from './shareable.ts'

export const recordGrantFits = defineRule({
  name: 'sharing.grantFits',
  description:
    'A record grant names exactly one user, team or role and a record that can be shared, and its expiry is in the future.',
  object: 'RecordGrant',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    const after = { ...write.before, ...write.values }
    const grantees = [after.userId, after.teamId, after.roleId].filter(Boolean)
    const { expiresAt } = write.values
    const object = shareableObject(work.context.runtime.registry, String(after.recordType))
    return {
      refusals: [
        ...(grantees.length === 1
          ? []
          : [invalid(['input', 'userId'], 'Set exactly one of userId, teamId and roleId.')]),
        ...(expiresAt && expiresAt.getTime() <= work.now.getTime()
          ? [invalid(['input', 'expiresAt'], 'The expiry must lie in the future.')]
          : []),
        ...(typeof object === 'string' ? [invalid(['input', 'recordId'], object)] : []),
      ],
    }
  },
})

const NAME = 'sharing.grantWithinOwnRights'

/**
 * Sharing a record requires the right to update it, and this right must not come from sharing. Otherwise a user with
 * whom a record is shared until a date could create further record grants, and so keep access after that date.
 */
export const recordGrantWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Sharing a record requires the right to update it. Sharing it with the access level DELETE also requires the right to delete it. A user with whom the record is only shared may not share it.',
  object: 'RecordGrant',
  on: ['create', 'update', 'delete'],
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    const work = workOf(context)
    const { before } = write
    if (before) {
      const refusal = await sharingRefusal(work, before.recordType, before.recordId, 'READ', ['input', 'id'])
      if (refusal || write.kind === 'delete') return refusal && { refusals: [refusal] }
    }
    const { recordType, recordId, access = 'READ' } = { ...before, ...write.values }
    const refusal = await sharingRefusal(work, String(recordType), String(recordId), access, ['input', 'recordId'])
    return refusal && { refusals: [refusal] }
  },
})

/**
 * Returns an error when the caller may not share the record because it is not visible to them, or is only shared with
 * them.
 * @param access Access level that the grant gives: `READ`, `UPDATE` or `DELETE`.
 * @throws GraphQLError FORBIDDEN when the record is visible, but the caller may not update it, or may not do an action
 * that the access level includes.
 */
async function sharingRefusal(
  work: UnitOfWork,
  type: string,
  id: string,
  access: string,
  path: readonly string[],
): Promise<UserError | undefined> {
  const object = shareableObject(work.context.runtime.registry, type)
  // No check here: `recordGrantFits` refuses objects that can't be shared, and an old grant for an object whose plugin
  // is no longer in use shares nothing.
  if (typeof object === 'string') return undefined
  const actions = new Set(['update', ...sharedActions(access)])
  for (const action of actions)
    if (!(await mayActOn(work, object.name, id, action)))
      return notFound(path, path[1] === 'id' ? 'The record of the grant' : 'The record')
  // The loop does not check `read`: a caller who may update the record other than by sharing may also share it for
  // reading.
  actions.delete('read')
  for (const action of actions)
    if (!(await hasOwnAccess(work, object, id, action))) {
      const why = `The ${object.name} is only shared with you, so you can't share ${object.singular}:${action}. Ask its owner or an administrator.`
      return ruleViolation(NAME, path, why)
    }
  return undefined
}
