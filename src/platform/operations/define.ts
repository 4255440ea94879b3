import type { RequestContext } from '../context.ts'
import type { Transaction } from '../data/transaction.ts'
import type { WriteKind } from '../schema/declare.ts'
import type { UserError } from './user-errors.ts'

/** Column values of a row, by the model's field names. */
export type Values = Readonly<Record<string, unknown>>

/** One transaction of writes: what it does is logged when it commits, or never happened. */
export interface Work {
  readonly context: RequestContext
  readonly transaction: Transaction
  /** Time of the writes, the same for all of them. */
  readonly now: Date
  readonly log: LogEntry[]
}

/** A write to be told: in the workspace's log and in the audit. */
export interface LogEntry {
  readonly operation: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED'
  /** Object name. */
  readonly type: string
  readonly recordId: string
  /** Version since this write. */
  readonly version: number
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
}

/** A write that rules look at. */
export interface PendingWrite {
  readonly kind: WriteKind
  readonly id: string
  /** The row as it stands; null when it is being created. */
  readonly before: Values | null
  /** Column values about to be written. */
  readonly values: Values
  /** Parts about to replace the old ones, by field; only those that the caller sent. */
  readonly items: ReadonlyMap<string, readonly Values[]>
}

/** A rule's answer: nothing, other column values, or refusals. */
export interface RuleAnswer {
  readonly patch?: Values
  /** On create: the record exists already, answer that one and write nothing. */
  readonly existingId?: string
  readonly refusals?: readonly UserError[]
}

/** A rule on writes of one object, inside their transaction. */
export interface Rule {
  readonly name: string
  /** What it demands or keeps in step, in one sentence. */
  readonly description: string
  readonly object: string
  readonly on: readonly WriteKind[]
  /** Before the row is written. */
  readonly before?: (write: PendingWrite, work: Work) => Promise<RuleAnswer | undefined>
  /** After the row and its parts are written. */
  readonly after?: (write: PendingWrite, work: Work) => Promise<void>
}

/** A business act on one record: `completeTask`. Its input is the record's id and version. */
export interface Act {
  readonly name: string
  readonly description: string
  readonly object: string
  /** Column values to write, or why not. The row is locked. */
  readonly apply: (record: Values, work: Work) => RuleAnswer
}

export function defineRule(rule: Rule): Rule {
  return rule
}

export function defineAct(act: Act): Act {
  return act
}
