import type { OperationOutputType, OperationPayloadField } from '../../../platform/declare/rules/operation.ts'
import { projectionType } from '../projection/projection-type.ts'

const money = (description: string): OperationPayloadField => ({ type: 'Money', description })

const figures = {
  count: { type: 'Int', description: 'Number of opportunities that count.' },
  closed: money('Amounts of the opportunities that were won in the period.'),
  commit: money(
    'Amounts of the open opportunities in the category `COMMIT` that are expected to be closed in the period. Without adjustments, and without those of other categories, as `bestCase` and `pipeline`.',
  ),
  bestCase: money('Amounts of the open opportunities in the category `BEST_CASE`.'),
  pipeline: money('Amounts of the open opportunities in the category `PIPELINE`.'),
  weighted: money(
    '`closed`, and the amounts of the open opportunities multiplied by their probability, which is that of the stage as it was when they entered it.',
  ),
  quota: {
    ...money(
      'What is to be won: the quota for the period, or else the sum of those for its quarters, or else for its months. Null without a quota, and for who may not read quotas.',
    ),
    isNullable: true,
  },
  adjustment: {
    ...money(
      'Sum of the adjustments for the period and for periods within it; add it to `commit` to get what was promised. Null for who may not read adjustments.',
    ),
    isNullable: true,
  },
} as const satisfies OperationOutputType['fields']

const ownerFigures: OperationOutputType = {
  name: 'OwnerForecast',
  description: 'The forecast of one owner, with the opportunities that this user owns.',
  fields: {
    owner: {
      type: 'User',
      isNullable: true,
      description: 'The owner; null for opportunities without an owner, and for a user whom the caller may not see.',
    },
    ...figures,
  },
}

/** The GraphQL type that the query `forecast` returns. */
export const forecastAnswer: OperationOutputType = {
  name: 'Forecast',
  description:
    'What is won in a period, and what may be. An open opportunity counts in the period of its `closesOn`, a won one in that of its `closedOn`; lost ones and those of the category `OMITTED` do not count.',
  fields: {
    from: { type: 'Date', description: 'First day of the period.' },
    to: { type: 'Date', description: 'Last day of the period.' },
    asOf: { type: 'DateTime', description: 'The moment as of which the figures were computed.' },
    currency: { type: 'CurrencyCode', description: 'Currency of all figures.' },
    ratesOn: { type: 'Date', description: 'Day whose exchange rates converted amounts in other currencies.' },
    ...figures,
    projection: {
      type: projectionType,
      description: 'What is likely to be won, as the history of the opportunities says that the caller may see.',
    },
    byOwner: {
      type: ownerFigures,
      isList: true,
      description:
        'The forecasts of the owners, the greatest weighted amount first. Each is rounded for itself, so that their sum can differ from the total by a minor unit of the currency.',
    },
  },
}
