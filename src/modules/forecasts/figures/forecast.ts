import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineQuery } from '../../../platform/declare/query.ts'
import { dayIn } from '../../../platform/formats/day.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { daysOf, fiscalPeriodInput, periodProblems, spanOf } from '../fiscal-period.ts'
import { findProjection } from '../projection/find-projection.ts'
import { defaultCurrency } from './default-currency.ts'
import { type Figures, findFigures } from './find-figures.ts'
import type { ForecastRequest } from './forecast-request.ts'
import { forecastAnswer } from './forecast-type.ts'

export const forecast = defineQuery({
  name: 'forecast',
  description:
    'The forecast of a period of the fiscal year, now or as it was at a past moment: of the opportunities that the caller may see now, with the owner, stage, amount, probability and days that they had then. Null when the owner, the team or the pipeline does not exist.',
  permission: 'opportunity:read',
  args: {
    period: { type: fiscalPeriodInput, isRequired: true, description: 'The period.' },
    ownerId: {
      type: 'ID',
      description:
        'A user: the forecast then has the opportunities of this user and of the people below, who are the members of the teams that the user leads, and their people in turn; or, for a user who leads no team, the users whose role is below. Default: all users.',
    },
    teamId: { type: 'ID', description: 'A team: the forecast then has the opportunities of its members.' },
    pipelineId: {
      type: 'ID',
      description: 'A pipeline: the forecast then has its opportunities. Default: all pipelines.',
    },
    asOf: { type: 'DateTime', description: 'The moment; it must not lie in the future. Default: now.' },
    currency: {
      type: 'CurrencyCode',
      description: 'Currency of the figures. Default: the default currency of the workspace.',
    },
    ratesOn: {
      type: 'Date',
      description:
        'Day whose exchange rates convert amounts in other currencies. Default: the day of `asOf`, in the time zone of the workspace.',
    },
  },
  answer: { type: forecastAnswer },
  cost: 100,
  async run(args, context, selection) {
    context.requireRead(COUNTED, 'forecast')
    const [problem] = periodProblems(args.period)
    if (problem) throw badArgument(`\`period.${problem.field}\`: ${problem.message}`)
    if (args.ownerId && args.teamId) throw badArgument('Name `ownerId` or `teamId`, not both.')
    if (args.asOf && args.asOf > context.now) throw badArgument('`asOf` lies in the future.')
    const named = [
      ['User', args.ownerId],
      ['Team', args.teamId],
      ['Pipeline', args.pipelineId],
    ] as const
    for (const [object, id] of named) if (id && !(await context.records.get(object, id))) return null
    const uuid = (object: string, id: string | null | undefined) => (id ? context.uuidOf(object, id) : null)
    const { calendar } = workOf(context).context.actor
    const span = spanOf(args.period)
    const at = args.asOf ?? context.now
    const request: ForecastRequest = {
      span,
      ...daysOf(span, calendar),
      at,
      ownerId: uuid('User', args.ownerId),
      teamId: uuid('Team', args.teamId),
      pipelineId: uuid('Pipeline', args.pipelineId),
      currency: args.currency ?? (await defaultCurrency(context)),
      ratesOn: args.ratesOn ?? dayIn(calendar.timeZone, at),
    }
    const { total, byOwner } = await findFigures(context.transaction, request, {
      sees: context.sees,
      quotas: canReadAll(context, 'Quota', QUOTA_FIELDS),
      adjustments: canReadAll(context, 'ForecastAdjustment', ADJUSTMENT_FIELDS),
    })
    return {
      from: request.from,
      to: dayBefore(request.until),
      asOf: at,
      currency: request.currency,
      ratesOn: request.ratesOn,
      ...answerOf(total, request),
      projection: selection.has('projection') ? await projectionOf(context, request) : null,
      byOwner: byOwner.map(({ owner, ...figures }) => ({ owner, ...answerOf(figures, request) })),
    }
  },
})

/** What a forecast tells of opportunities: whoever may not read one of these fields could learn it by forecasts. */
const COUNTED = [
  [
    'Opportunity',
    'amount',
    'weightedAmount',
    'status',
    'forecastCategory',
    'closesOn',
    'closedOn',
    'owner',
    'pipeline',
  ],
] as const
const PERIOD_FIELDS = ['owner', 'year', 'quarter', 'month', 'amount'] as const
const QUOTA_FIELDS = [...PERIOD_FIELDS, 'team'] as const
const ADJUSTMENT_FIELDS = [...PERIOD_FIELDS, 'withdrawnAt', 'createdAt'] as const

function canReadAll(
  { canRead, can }: PluginContext,
  object: 'Quota' | 'ForecastAdjustment',
  fields: readonly string[],
) {
  const permission = object === 'Quota' ? 'quota:read' : 'forecastAdjustment:read'
  return can(permission) && fields.every((field) => canRead(object, field))
}

/** Families of products have factors only where the caller may read what a deal consists of. */
function projectionOf(context: PluginContext, request: ForecastRequest) {
  context.requireRead([['Opportunity', 'stage', 'stageHistory']], 'Forecast.projection')
  const families =
    context.canRead('Opportunity', 'lines') && context.can('product:read') && context.canRead('Product', 'family')
  const { calendar } = workOf(context).context.actor
  return findProjection(context.transaction, request, { sees: context.sees, families }, calendar)
}

function answerOf({ count, ...amounts }: Figures, { currency }: ForecastRequest) {
  const money = (amount: string | null) => (amount === null ? null : { amount, currency })
  return {
    count,
    closed: money(amounts.closed),
    commit: money(amounts.commit),
    bestCase: money(amounts.bestCase),
    pipeline: money(amounts.pipeline),
    weighted: money(amounts.weighted),
    quota: money(amounts.quota),
    adjustment: money(amounts.adjustment),
  }
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
}
