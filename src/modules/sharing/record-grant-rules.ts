import { defineRule, type RuleAnswer, type Work, workOf } from '../../platform/operations/define.ts'
import { invalid, notFound } from '../../platform/operations/user-errors.ts'
import { reaches } from '../workspaces/index.ts'
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

/** Sharing is for who may change the record: they could hand its content on anyway. */
export const recordGrantWithinOwnRights = defineRule({
  name: 'sharing.grantWithinOwnRights',
  description: 'Who may change a record shares it, and who may put it away shares that too.',
  object: 'RecordGrant',
  on: ['create', 'update', 'delete'],
  isIntegral: true,
  async before(write, context): Promise<RuleAnswer | undefined> {
    const work = workOf(context)
    const { before } = write
    if (before && !(await mayShare(work, before.recordType, before.recordId, 'READ')))
      return { refusals: [notFound(['input', 'id'], 'The record of the grant')] }
    if (write.kind === 'delete') return undefined
    const { recordType, recordId, access = 'READ' } = { ...before, ...write.values }
    if (await mayShare(work, String(recordType), String(recordId), access)) return undefined
    return { refusals: [notFound(['input', 'recordId'], 'The record')] }
  },
})

/** Whether the caller sees the record. Throws FORBIDDEN where they may not do to it what they share, or may not change it. */
async function mayShare(work: Work, type: string, id: string, access: string): Promise<boolean> {
  const object = shareableObject(work.context.runtime.registry, type)
  // What can't be shared is refused by the other rule, and a grant of it, from before a plugin left, shares nothing.
  if (typeof object === 'string') return true
  for (const action of new Set(['update', ...sharedActions(access)]))
    if (!(await reaches(work, object.name, id, action))) return false
  return true
}
