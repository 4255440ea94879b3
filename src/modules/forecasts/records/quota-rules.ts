import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { periodErrors } from './period-columns.ts'

export const quotaFits = defineRule({
  name: 'forecasts.quotaFits',
  description:
    'A quota is for a year, a quarter or a month, has an amount that is not negative, and belongs to a user or a team. Default of the user: the caller.',
  object: 'Quota',
  on: ['create', 'update'],
  // Administrators can't disable the rule: the database refuses such a quota anyway.
  isIntegral: true,
  before({ before, values }, { actor }): RuleResult {
    const { year = 0, quarter, month, teamId, ownerId } = { ...before, ...values }
    const isCallers = !before && values.ownerId === undefined && !teamId && actor.kind === 'USER'
    const holders = [isCallers ? actor.id : ownerId, teamId].filter((id) => id !== null && id !== undefined)
    return {
      patch: isCallers ? { ownerId: actor.id } : {},
      refusals: [
        ...periodErrors({ year, quarter, month }),
        ...(values.amountAmount?.startsWith('-')
          ? [invalid(['input', 'amount', 'amount'], 'Must not be negative.')]
          : []),
        ...(holders.length === 1
          ? []
          : [invalid(['input', values.teamId ? 'teamId' : 'ownerId'], 'A quota belongs to one user or one team.')]),
      ],
    }
  },
})
