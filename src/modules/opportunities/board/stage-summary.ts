import { type Sql, sql } from '../../../platform/data/sql.ts'
import type { RowReference } from '../../../platform/declare/objects/field-sql.ts'
import { computed, group, rows } from '../../../platform/declare/objects/fields.ts'

/** Returns a FROM and WHERE clause: the opportunities `o` in a stage that the caller may see. */
const opportunitiesIn = (stage: RowReference): Sql => sql`from opportunities o
  where o.workspace_id = ${stage.column('workspaceId')} and o.stage_id = ${stage.column('id')} and o.deleted_at is null
    and ${stage.sees('Opportunity', sql`o`)}`

/** Returns SQL for a column with an amount, which is null for a caller who may not read the field everywhere. */
function readable(stage: RowReference, field: 'amount' | 'weightedAmount'): Sql {
  if (!stage.canRead('Opportunity', field)) return sql`null::numeric`
  return field === 'amount' ? sql`o.amount` : sql`o.weighted_amount`
}

const args = {
  convertTo: { type: 'CurrencyCode', description: 'Currency to which the amounts are converted. Default: none.' },
  on: { type: 'Date', description: 'Day of the exchange rates. Default: today. Only with `convertTo`.' },
} as const

const CURRENCIES =
  'Without `convertTo`: null, with the error MIXED_CURRENCIES, where the amounts have several currencies: `amounts` has the sums of each. With it: null where one of them has no exchange rate at or before the day.'

const total = (field: 'amount' | 'weightedAmount', description: string) =>
  computed({
    type: 'Money',
    isTotal: true,
    description: `${description} ${CURRENCIES}`,
    args,
    value(stage, { convertTo, on }) {
      const amounts = sql`${opportunitiesIn(stage)} and ${readable(stage, field)} is not null`
      return convertTo
        ? stage.convertedSum(
            sql`select ${readable(stage, field)} as amount, o.currency::text as currency ${amounts}`,
            convertTo,
            on ?? undefined,
          )
        : sql`select sum(${readable(stage, field)}) as amount, o.currency::text as currency ${amounts} group by o.currency`
    },
  })

export const stageSummary = group({
  name: 'StageSummary',
  description: 'Figures of the opportunities in the stage that the caller may see.',
  fields: {
    count: computed({
      type: 'Int',
      isRequired: true,
      description: 'Number of opportunities.',
      value: (stage) => sql`select count(*)::int ${opportunitiesIn(stage)}`,
    }),
    amount: total('amount', 'Sum of the amounts.'),
    weightedAmount: total('weightedAmount', 'Sum of the amounts, each weighted with its probability.'),
  },
})

export const stageAmounts = rows({
  description: 'Sums of the amounts of the opportunities in the stage that the caller may see, for each currency.',
  row: {
    name: 'StageAmounts',
    description: 'Sums of the amounts in one currency.',
    columns: {
      currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the amounts.' },
      count: { type: 'Int', isRequired: true, description: 'Number of opportunities with an amount in the currency.' },
      amount: { type: 'Money', currency: 'currency', description: 'Sum of the amounts.' },
      weightedAmount: {
        type: 'Money',
        currency: 'currency',
        description: 'Sum of the amounts, each weighted with its probability.',
      },
    },
  },
  query: (stage) => sql`select o.currency::text as currency, count(*)::int as count,
      sum(${readable(stage, 'amount')}) as amount, sum(${readable(stage, 'weightedAmount')}) as "weightedAmount"
    ${opportunitiesIn(stage)} and ${readable(stage, 'amount')} is not null group by o.currency order by o.currency`,
})
