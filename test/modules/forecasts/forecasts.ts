import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'

type Input = Readonly<Record<string, unknown>>

const FIGURES =
  'count closed { amount } commit { amount } bestCase { amount } pipeline { amount } weighted { amount } quota { amount } adjustment { amount }'

export const FORECAST = `query ($period: FiscalPeriodInput!, $ownerId: ID, $teamId: ID, $pipelineId: ID, $asOf: DateTime, $currency: CurrencyCode, $ratesOn: Date) {
  forecast(period: $period, ownerId: $ownerId, teamId: $teamId, pipelineId: $pipelineId, asOf: $asOf, currency: $currency, ratesOn: $ratesOn) {
    from to asOf currency ratesOn ${FIGURES} byOwner { owner { id } ${FIGURES} }
  }
}`

/** The amounts of a forecast, as texts; null where it has none. */
export interface ForecastFigures {
  readonly count: number
  readonly closed: string
  readonly commit: string
  readonly bestCase: string
  readonly pipeline: string
  readonly weighted: string
  readonly quota: string | null
  readonly adjustment: string | null
}

function figuresOf(value: unknown): ForecastFigures {
  const nullable = (name: string) => (at(value, name) === null ? null : textAt(value, `${name}.amount`))
  return {
    count: Number(at(value, 'count')),
    closed: textAt(value, 'closed.amount'),
    commit: textAt(value, 'commit.amount'),
    bestCase: textAt(value, 'bestCase.amount'),
    pipeline: textAt(value, 'pipeline.amount'),
    weighted: textAt(value, 'weighted.amount'),
    quota: nullable('quota'),
    adjustment: nullable('adjustment'),
  }
}

/** Asks for a forecast, and returns its figures and those of the owners, by the id of the owner or `nobody`. */
export async function forecastOf(client: TestClient, variables: Input) {
  const forecast = at(await client.must(FORECAST, variables), 'forecast')
  return {
    forecast,
    total: figuresOf(forecast),
    byOwner: new Map(
      listAt(forecast, 'byOwner').map((each) => [
        at(each, 'owner') === null ? 'nobody' : textAt(each, 'owner.id'),
        figuresOf(each),
      ]),
    ),
  }
}
