import type { Sql } from '../../../platform/data/sql.ts'
import type { Span } from '../fiscal-period.ts'

/** What a forecast is computed for. */
export interface ForecastRequest {
  readonly span: Span
  /** First day of the period. */
  readonly from: string
  /** The day after the last day of the period. */
  readonly until: string
  /** The moment as of which opportunities and adjustments count. */
  readonly at: Date
  /** uuid of the manager whose own deals, and those of the people below, count; null for all users. */
  readonly ownerId: string | null
  /** uuid of the team whose members' deals count; null for all users. */
  readonly teamId: string | null
  /** uuid of the pipeline whose deals count; null for all pipelines. */
  readonly pipelineId: string | null
  /** ISO 4217 code of the currency of the figures. */
  readonly currency: string
  /** Day whose exchange rates convert amounts in other currencies. */
  readonly ratesOn: string
}

/** What a forecast may read, as SQL: whose rows count. */
export interface Readable {
  /** Condition of the rows of an object that count. `alias` is the alias of its table. */
  sees(object: string, alias: Sql): Sql
  /** Whether quotas count. */
  readonly quotas: boolean
  /** Whether adjustments count. */
  readonly adjustments: boolean
}
