import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { emptyPart } from '../../platform/reads/filter/empty-part.ts'
import { filterProblem } from '../../platform/reads/stored-filter.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { lacking, listed } from '../workspaces/index.ts'
import { shareableObject, sharedActions } from './shareable.ts'

export const sharingRuleFits = defineRule({
  name: 'sharing.ruleFits',
  description: 'A sharing rule names an object that can be shared, a valid filter of it, and exactly one role or team.',
  object: 'SharingRule',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    const after = { ...write.before, ...write.values }
    const path = (field: string) => ['input', write.kind === 'restore' ? 'id' : field]
    const refusals: UserError[] = []
    if (Number(Boolean(after.roleId)) + Number(Boolean(after.teamId)) !== 1)
      refusals.push(invalid(path('roleId'), 'Set exactly one of roleId and teamId.'))
    const object = shareableObject(work.context.runtime.registry, String(after.object))
    if (typeof object === 'string') refusals.push(invalid(path('object'), object))
    else {
      // An update without a filter skips `emptyProblem`, so that a rule that was stored before this check existed can
      // still be deactivated.
      const isNew = write.kind !== 'update' || write.values.filter !== undefined
      const problem = filterProblem(work.context, object, after.filter) ?? (isNew ? emptyProblem(after.filter) : null)
      if (problem !== null) refusals.push(invalid(path('filter'), problem))
    }
    return { refusals }
  },
})

/** Returns an error message for a part of a filter without a condition; otherwise null. */
function emptyProblem(filter: unknown): string | null {
  const part = emptyPart(filter)
  return part === null
    ? null
    : `${part} has no condition, so the rule would share more records than intended. To share all records of an object on purpose, give a role the permission without a scope, such as account:read.`
}

const NAME = 'sharing.ruleWithinOwnRights'
/** Fields whose change can share more records, or share them with more users. */
const WIDENING = ['object', 'filter', 'access', 'roleId', 'teamId', 'isActive'] as const

/**
 * A sharing rule can share records that its author does not see. So writing it requires the permissions that it gives,
 * on all records of the object.
 */
export const sharingRuleWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Creating, updating or restoring a sharing rule requires, for all records of the object, the permissions that the rule gives, such as account:read.',
  object: 'SharingRule',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    const after = { ...write.before, ...write.values }
    const isChanged = WIDENING.some((name) => JSON.stringify(after[name]) !== JSON.stringify(write.before?.[name]))
    const object = work.context.runtime.registry.objects.get(String(after.object))
    if (!object || (write.kind === 'update' && !isChanged)) return undefined
    const missing = lacking(
      work,
      sharedActions(after.access).map((action) => `${object.singular}:${action}`),
    )
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'access']
    return {
      refusals: [
        rightsViolation(NAME, path, missing, `You do not have ${listed(missing)} yourself, so you can't share it.`),
      ],
    }
  },
})
