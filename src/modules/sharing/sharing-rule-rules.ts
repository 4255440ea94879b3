import { coerceInputValue, GraphQLError, isInputType } from 'graphql'
import { rowOf } from '../../platform/data/row.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { compileFilter } from '../../platform/reads/filter/filter.ts'
import { startFinding } from '../../platform/reads/start-reading.ts'
import type { ObjectType } from '../../platform/registry/object-type.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { lacking, listed } from '../workspaces/index.ts'
import { emptyPart } from './filter-emptiness.ts'
import { shareableObject, sharedActions } from './shareable.ts'

/** A sharing rule names an object, a filter of it and whom it is shared with. */
export const sharingRuleFits = defineRule({
  name: 'sharing.ruleFits',
  description: 'A sharing rule is about an object that can be shared, by a filter of it, and with a role or a team.',
  object: 'SharingRule',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before(write, context) {
    const work = workOf(context)
    const after = { ...write.before, ...write.values }
    const path = (field: string) => ['input', write.kind === 'restore' ? 'id' : field]
    const refusals: UserError[] = []
    if (Number(Boolean(after.roleId)) + Number(Boolean(after.teamId)) !== 1)
      refusals.push(invalid(path('roleId'), 'Share with a role or with a team: name exactly one by roleId or teamId.'))
    const object = shareableObject(work.context.runtime.registry, String(after.object))
    if (typeof object === 'string') refusals.push(invalid(path('object'), object))
    else {
      // A rule from before the check may still be switched off.
      const isNew = write.kind !== 'update' || write.values.filter !== undefined
      const problem = problemWithFilter(work, object, after.filter) ?? (isNew ? emptyPart(after.filter) : null)
      if (problem !== null) refusals.push(invalid(path('filter'), problem))
    }
    return { refusals }
  },
})

/**
 * Why it is no filter of the object as its lists take it, or null.
 * @throws FORBIDDEN for a condition on a field that the caller may not read: who gets to see a record would tell its value.
 */
function problemWithFilter(work: UnitOfWork, object: ObjectType, filter: unknown): string | null {
  const type = work.context.runtime.schema.getType(`${object.name}Filter`)
  if (!isInputType(type)) return `Records of ${object.name} can't be filtered.`
  if (filter === null || typeof filter !== 'object' || Array.isArray(filter))
    return 'A filter is an object, such as {"industry": {"equals": "Retail"}}.'
  const reading = startFinding(work.context)
  try {
    // Without suggestions: they name the schema, also where ERROR_HINTS=off promises that errors don't.
    const coerced = coerceInputValue(filter, type, undefined, true)
    compileFilter(reading, object, rowOf(reading.alias(), object.model), coerced)
    return null
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions['code'] === 'FORBIDDEN') throw error
    return `It is no ${object.name}Filter. ${error.message}`
  }
}

const NAME = 'sharing.ruleWithinOwnRights'
const WIDENING = ['object', 'filter', 'access', 'roleId', 'teamId', 'isActive'] as const

/** A rule shares records that its author may never have seen, so it takes the right to all of them. */
export const sharingRuleWithinOwnRights = defineRule({
  name: NAME,
  description: 'Nobody shares by a rule what they may not do themselves with every record of the object.',
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
