import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { invalid, notFound, ruleViolation, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { hasOwnAccess } from '../../platform/writes/own-access.ts'
import { mayActOn } from '../workspaces/index.ts'
import { shareableObject, sharedActions } from './shareable.ts'

/** A grant is for one, about a record that can be shared, and has not ended before it begins. */
export const recordGrantFits = defineRule({
  name: 'sharing.grantFits',
  description:
    'A grant is for exactly one user, team or role, about a record that can be shared, and ends in the future.',
  object: 'RecordGrant',
  on: ['create', 'update'],
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
          : [invalid(['input', 'userId'], 'Share with one: name exactly one by userId, teamId or roleId.')]),
        ...(expiresAt && expiresAt.getTime() <= work.now.getTime()
          ? [invalid(['input', 'expiresAt'], 'The expiry must lie in the future.')]
          : []),
        ...(typeof object === 'string' ? [invalid(['input', 'recordId'], object)] : []),
      ],
    }
  },
})

const NAME = 'sharing.grantWithinOwnRights'

/** Sharing is for who may change the record in their own right: whom it is shared with would otherwise outlast its end. */
export const recordGrantWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Who may change a record shares it, and who may put it away shares that too; not whom it is only shared with.',
  object: 'RecordGrant',
  on: ['create', 'update', 'delete'],
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    const work = workOf(context)
    const { before } = write
    if (before) {
      const refusal = await whyNot(work, before.recordType, before.recordId, 'READ', ['input', 'id'])
      if (refusal || write.kind === 'delete') return refusal && { refusals: [refusal] }
    }
    const { recordType, recordId, access = 'READ' } = { ...before, ...write.values }
    const refusal = await whyNot(work, String(recordType), String(recordId), access, ['input', 'recordId'])
    return refusal && { refusals: [refusal] }
  },
})

/**
 * Why the caller may not share the record, if so: they don't see it, or it is only shared with them.
 * @throws FORBIDDEN where they may not do to it what they share, or may not change it.
 */
async function whyNot(
  work: UnitOfWork,
  type: string,
  id: string,
  access: string,
  path: readonly string[],
): Promise<UserError | undefined> {
  const object = shareableObject(work.context.runtime.registry, type)
  // What can't be shared is refused by the other rule, and a grant of it, from before a plugin left, shares nothing.
  if (typeof object === 'string') return undefined
  const actions = new Set(['update', ...sharedActions(access)])
  for (const action of actions)
    if (!(await mayActOn(work, object.name, id, action)))
      return notFound(path, path[1] === 'id' ? 'The record of the grant' : 'The record')
  // Who may change it in their own right has read it in that right, or may as well be shown it.
  actions.delete('read')
  for (const action of actions)
    if (!(await hasOwnAccess(work, object, id, action))) {
      const why = `The ${object.name} is only shared with you, so ${object.singular}:${action} is not yours to share. Ask its owner or an administrator.`
      return ruleViolation(NAME, path, why)
    }
  return undefined
}
