import { type Sql, sql } from '../../../platform/data/sql.ts'
import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../../platform/declare/query.ts'

const amounts = (description: string) => ({ type: 'Money', isList: true, description }) as const

/** A row of the statement: the figures of a stage in one currency. */
interface Figures extends Record<string, unknown> {
  readonly stage: string
  readonly count: number
  readonly currency: string | null
  readonly amount: string | null
  readonly weighted: string | null
}

export const pipelineAsOf = defineQuery({
  name: 'pipelineAsOf',
  description:
    'The opportunities of a pipeline as they were at a past moment, by stage: those that the caller may see now, with the stage, amount and probability that they had then. An opportunity that was deleted later is counted; one that was created later is not. Stages without opportunities are left out. Null when the pipeline does not exist.',
  permission: 'opportunity:read',
  args: {
    pipelineId: { type: 'ID', isRequired: true, description: 'Id of the pipeline.' },
    at: { type: 'DateTime', isRequired: true, description: 'The moment; it must not lie in the future.' },
  },
  answer: {
    isList: true,
    type: {
      name: 'PastStage',
      description: 'The opportunities in a stage at a past moment.',
      fields: {
        stage: { type: 'Stage', isNullable: true, description: 'The stage that the opportunities were in.' },
        count: { type: 'Int', description: 'Number of opportunities that were in it.' },
        amounts: amounts('Sum of their amounts, for each currency.'),
        weightedAmounts: amounts('Sum of their weighted amounts, for each currency.'),
      },
    },
  },
  async run({ pipelineId, at }, context) {
    if (at > context.now) throw badArgument('`at` lies in the future.')
    const pipeline = await context.records.get('Pipeline', pipelineId)
    if (!pipeline) return null
    const { query, workspaceId } = context.transaction
    const readable = (field: string, column: Sql) =>
      context.canRead('Opportunity', field) ? column : sql`null::numeric`
    const amount = readable('amount', sql`p.amount`)
    const weighted = readable('weightedAmount', sql`p.weighted_amount`)
    const rows = await query<Figures>(sql`select p.stage_id as stage, count(*)::int as count, p.currency,
        sum(${amount})::text as amount, sum(${weighted})::text as weighted
      from opportunity_periods p
      join opportunities o on o.workspace_id = p.workspace_id and o.id = p.opportunity_id and ${context.sees('Opportunity', sql`o`)}
      left join stages s on s.workspace_id = p.workspace_id and s.id = p.stage_id
      where p.workspace_id = ${workspaceId}::uuid and p.pipeline_id = ${pipeline.id}::uuid
        and p.started_at <= ${at}::timestamptz and (p.ended_at is null or p.ended_at > ${at}::timestamptz)
      group by p.stage_id, s.position, p.currency order by s.position, p.stage_id, p.currency`)
    return [...Map.groupBy(rows, ({ stage }) => stage)].map(([stage, figures]) => ({
      stage,
      count: figures.reduce((sum, { count }) => sum + count, 0),
      amounts: moneyOf(figures, 'amount'),
      weightedAmounts: moneyOf(figures, 'weighted'),
    }))
  },
})

function moneyOf(figures: readonly Figures[], name: 'amount' | 'weighted') {
  return figures.flatMap(({ currency, [name]: amount }) =>
    amount === null || currency === null ? [] : [{ amount, currency }],
  )
}
