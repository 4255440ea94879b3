import type { ModelTypes } from '../../../../generated/models.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, rightsViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'
import { filterProblem } from '../../../platform/reads/stored-filter.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'

const WRITES = ['create', 'update', 'delete', 'restore'] as const

/** Permission of those who decide what roles may do: what a role may negotiate is one of these things. */
const ADMINISTERS = 'role:update'

/** Refuses a caller who does not administer roles: somebody who may write any record must not extend their own authority. */
function rightsErrors({ can }: PluginContext, rule: string): UserError[] {
  if (can(ADMINISTERS)) return []
  const why = `It says what roles may agree on. That needs ${ADMINISTERS}.`
  return [rightsViolation(rule, ['input'], [ADMINISTERS], why)]
}

export const authorityFits = defineRule({
  name: 'quotes.authorityFits',
  description:
    'Whoever writes an authority to negotiate administers roles, and its limit on the total is not negative.',
  object: 'NegotiationAuthority',
  on: WRITES,
  // Administrators can't disable the rule.
  isIntegral: true,
  before({ values: { maxTotalAmount } }, context) {
    const isNegative = typeof maxTotalAmount === 'string' && compareDecimals(maxTotalAmount, '0') < 0
    const refusals = isNegative ? [invalid(['input', 'maxTotal', 'amount'], 'Must not be negative.')] : []
    return { refusals: [...rightsErrors(context, 'quotes.authorityFits'), ...refusals] }
  },
})

export const policyFits = defineRule({
  name: 'quotes.policyFits',
  description:
    'Whoever writes an approval policy administers roles; its filter is a valid filter of quotes, and each step says who decides.',
  object: 'QuoteApprovalPolicy',
  on: WRITES,
  isIntegral: true,
  before({ values: { filter }, items }, context) {
    const work = workOf(context)
    const rights = rightsErrors(context, 'quotes.policyFits')
    if (rights.length > 0) return { refusals: rights }
    const quote = objectNamed(work.context.runtime.registry, 'Quote')
    const problem = filter === undefined || filter === null ? null : filterProblem(work.context, quote, filter)
    return {
      refusals: [
        ...(problem === null ? [] : [invalid(['input', 'filter'], problem)]),
        ...(items.get('steps') ?? []).flatMap((step, index) => stepErrors(step, index)),
      ],
    }
  },
})

type Step = Partial<ModelTypes['QuoteApprovalPolicyStep']['columns']>

/** The field that says who decides, for each kind of approver; none where the kind says it. */
const NEEDED = { ROLE: 'roleId', USER: 'userId', MANAGER: 'level', AUTHORITY: null } as const

function stepErrors(step: Step, index: number): UserError[] {
  const needed = NEEDED[step.kind ?? 'AUTHORITY']
  const path = (field: string) => ['input', 'steps', String(index), field]
  return (['roleId', 'userId', 'level'] as const).flatMap((field) => {
    const isGiven = step[field] !== undefined && step[field] !== null
    if (field === needed) return isGiven ? [] : [invalid(path(field), `A step of the kind ${step.kind} needs it.`)]
    return isGiven ? [invalid(path(field), `Not for a step of the kind ${step.kind}.`)] : []
  })
}

export const delegationFits = defineRule({
  name: 'quotes.delegationFits',
  description:
    'A user delegates their own approvals only, unless the caller administers roles, and to somebody else; the last day is not before the first.',
  object: 'ApprovalDelegation',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before({ values, before }, { actor, can }) {
    const fromId = values.fromId ?? before?.fromId ?? actor.id
    const { toId, startsOn, endsOn } = { ...before, ...values }
    const refusals: UserError[] = []
    // Both, because a delegation that is handed on gives what its former owner may approve.
    if ([fromId, before?.fromId ?? fromId].some((id) => id !== actor.id) && !can(ADMINISTERS))
      refusals.push(
        rightsViolation(
          'quotes.delegationFits',
          ['input', 'fromId'],
          [ADMINISTERS],
          'You can delegate only what you approve yourself.',
        ),
      )
    if (toId === fromId) refusals.push(invalid(['input', 'toId'], 'Choose somebody else.'))
    if (startsOn && endsOn && String(endsOn) < String(startsOn))
      refusals.push(invalid(['input', 'endsOn'], 'Must not be before startsOn.'))
    return refusals.length > 0 ? { refusals } : { patch: { fromId } }
  },
})
