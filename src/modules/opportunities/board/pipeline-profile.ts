import { join, type Sql, sql } from '../../../platform/data/sql.ts'
import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../../platform/declare/query.ts'
import { sumDecimals } from '../../../platform/formats/decimal.ts'
import { startOfPart } from '../../../platform/reads/aggregates/date-parts.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'

/** A row of the statement: the lines of a family and a period in one currency. */
interface Figures extends Record<string, unknown> {
  readonly family: string | null
  readonly period: string
  readonly opportunityCount: number
  readonly quantity: string
  readonly currency: string
  readonly total: string
  readonly weighted: string
}

/** What the figures tell of: whoever may not read one of these fields of all visible records could learn it. */
const FIELDS = [
  ['Opportunity', 'pipeline', 'status', 'closesOn', 'closedOn', 'probability', 'lines'],
  ['Product', 'family'],
] as const

const money = (description: string) => ({ type: 'Money', isList: true, description }) as const

export const pipelineProfile = defineQuery({
  name: 'pipelineProfile',
  description:
    'What is sold in a period, by family of product: the lines of opportunities that are closed in it, or expected to be. Only opportunities and products that the caller sees count; a product that they do not see has no family. In the order of the periods, and of the families.',
  permission: 'opportunity:read',
  args: {
    pipelineId: { type: 'ID', description: 'Pipeline of the opportunities. Default: all pipelines.' },
    status: {
      type: 'OpportunityStatus',
      description:
        'Which opportunities count. Default: `OPEN`. An open one is in the period of `closesOn`, others in that of `closedOn`.',
    },
    from: { type: 'Date', isRequired: true, description: 'First day of closing.' },
    to: { type: 'Date', isRequired: true, description: 'Last day of closing, at most ten years after the first.' },
    interval: { type: 'PipelineInterval', description: 'Length of the periods. Default: `MONTH`.' },
  },
  answer: {
    isList: true,
    type: {
      name: 'PipelineProfileRow',
      description: 'The lines with products of one family, of opportunities that are closed in one period.',
      fields: {
        family: {
          type: 'String',
          isNullable: true,
          description: 'Family of the products; null for those without one.',
        },
        startsOn: { type: 'Date', description: 'First day of the period; it may lie before `from`.' },
        opportunityCount: { type: 'Int', description: 'Number of opportunities with such a line.' },
        quantity: { type: 'Decimal', description: 'Sum of the quantities, whatever the units of the products.' },
        totals: money('Sum of the totals of the lines, for each currency.'),
        weightedTotals: money(
          'Sum of the totals, each multiplied by the probability of its opportunity, for each currency; the sum is rounded half away from zero to four decimal places.',
        ),
      },
    },
  },
  async run({ pipelineId, status, from, to, interval }, context) {
    if (from > to) throw badArgument('`from` is after `to`.')
    if (Number(to.slice(0, 4)) - Number(from.slice(0, 4)) > 10)
      throw badArgument('`to` is more than ten years after `from`.')
    context.requireRead(FIELDS, 'pipelineProfile')
    const { query, workspaceId } = context.transaction
    const closing = (status ?? 'OPEN') === 'OPEN' ? sql`o.closes_on` : sql`o.closed_on`
    const { calendar } = workOf(context).context.actor
    const period = startOfPart({ type: 'date' }, closing, interval ?? 'MONTH', calendar)
    const conditions: Sql[] = [
      sql`o.workspace_id = ${workspaceId}::uuid and o.deleted_at is null and ${context.sees('Opportunity', sql`o`)}`,
      sql`o.status = ${status ?? 'OPEN'}::"OpportunityStatus"`,
      sql`${closing} between ${from}::date and ${to}::date`,
      ...(pipelineId ? [sql`o.pipeline_id = ${context.uuidOf('Pipeline', pipelineId)}::uuid`] : []),
    ]
    // One statement. Groups by a family and a period of two tables are more than aggregates of one object say.
    const rows = await query<Figures>(sql`with lines as (
        select p.family, ${period} as period, o.id, o.probability, l.quantity, l.currency, l.total
        from opportunities o join opportunity_lines l on l.workspace_id = o.workspace_id and l.opportunity_id = o.id
          left join products p on p.workspace_id = l.workspace_id and p.id = l.product_id and ${context.sees('Product', sql`p`)}
        where ${join(conditions, ' and ')}
      ), groups as (
        select family, period, count(distinct id)::int as count, sum(quantity) as quantity from lines group by family, period
      )
      select g.family, g.period::text as period, g.count as "opportunityCount", g.quantity::text as quantity,
        l.currency::text as currency, sum(l.total)::text as total, round(sum(l.total * l.probability) / 100, 4)::text as weighted
      from groups g join lines l on l.period = g.period and l.family is not distinct from g.family
      group by g.family, g.period, g.count, g.quantity, l.currency
      order by g.period, g.family nulls last, l.currency`)
    return [...Map.groupBy(rows, ({ period, family }) => JSON.stringify([period, family])).values()].flatMap(
      (figures) =>
        figures.slice(0, 1).map(({ family, period: startsOn, opportunityCount, quantity }) => ({
          family,
          startsOn,
          opportunityCount,
          quantity: sumDecimals([quantity]),
          totals: figures.map(({ currency, total }) => ({ amount: total, currency })),
          weightedTotals: figures.map(({ currency, weighted }) => ({ amount: weighted, currency })),
        })),
    )
  },
})
