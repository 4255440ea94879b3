import type { ModelTypes } from '../../../../generated/models.ts'
import type { ModelName } from '../objects/item.ts'
import type { WriteKind } from '../objects/object.ts'
import type { PluginContext } from '../plugin-context.ts'
import type { OperationResult } from './operation.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

/** A write that rules look at. */
export interface PendingWrite {
  readonly kind: WriteKind
  /** Mutation that it belongs to, such as `updateTask` or `completeTask`; an act is an `update` by kind. */
  readonly operation: string
  /** uuid */
  readonly id: string
  /** The row as it stands; null when it is being created. */
  readonly before: Values | null
  /** Column values about to be written. */
  readonly values: Values
  /** Parts about to replace the old ones, by field; only those that the caller sent. */
  readonly items: ReadonlyMap<string, readonly Values[]>
}

/** A write to a record of a model, its columns known to the compiler. */
export interface TypedWrite<Model extends ModelName> extends PendingWrite {
  readonly before: Readonly<ModelTypes[Model]['columns']> | null
  readonly values: Readonly<Partial<ModelTypes[Model]['columns']>>
}

/** A rule's answer: nothing, other column values, or refusals. */
export interface RuleResult {
  /** Column values instead of those about to be written, or beside them. Never the id, the workspace or a stamp. */
  readonly patch?: Values
  /**
   * Parts instead of those about to be written, by field: rows of column values. A plugin may set those of its own objects;
   * ids and positions are the platform's.
   */
  readonly items?: Readonly<Record<string, readonly Values[]>>
  /** On create: the record exists already, answer that one and write nothing. */
  readonly existingId?: string
  /** Why not. One refusal of any rule is enough: nothing is written, and the caller sees them all. */
  readonly refusals?: readonly UserError[]
}

interface Ordered {
  /** `<plugin id>.<name>`. Workspaces switch it, other rules place themselves and refusals are told by this name. */
  readonly name: string
  /** What it demands or keeps in step, in one sentence. */
  readonly description: string
  /** Rules that come after this one, by name. Rules that are not there are no matter. */
  readonly runsBefore?: readonly string[]
  /** Rules that come before this one, by name. */
  readonly runsAfter?: readonly string[]
  /** Milliseconds that one run may take before the write fails; 250 unless said otherwise, 5,000 at most. */
  readonly budgetMs?: number
  /** Whether administrators can't switch it off: the data would not hold together without it. */
  readonly isIntegral?: true
}

/**
 * A rule on writes to records of one object, inside their transaction. It may restrict what others allow, never the other
 * way round. What it throws fails the write, with the plugin named.
 */
export interface RecordRule extends Ordered {
  readonly object: string
  /** Kinds of writes, or business acts by name, such as `completeTask`. `update` covers the acts. */
  readonly on: readonly string[]
  /** Before the row is written. It only looks: others may still refuse the write. */
  before?(write: PendingWrite, context: PluginContext): RuleResult | undefined | Promise<RuleResult | undefined>
  /** After the row and its parts are written. */
  after?(write: PendingWrite, context: PluginContext): void | Promise<void>
}

/** A rule on an operation that has an input of its own, inside its transaction. */
export interface OperationRule extends Ordered {
  /** Mutation, such as `importRecords`. */
  readonly operation: string
  /** Before it runs: why it may not. It only looks. */
  before?(
    input: Values,
    context: PluginContext,
  ): Pick<RuleResult, 'refusals'> | undefined | Promise<Pick<RuleResult, 'refusals'> | undefined>
  /** After it has done its work without errors. */
  after?(input: Values, answer: OperationResult, context: PluginContext): void | Promise<void>
}

export type Rule = RecordRule | OperationRule

/** A rule whose `write` is typed by the model of its object. */
export interface TypedRule<Model extends ModelName> extends Omit<RecordRule, 'object' | 'before' | 'after'> {
  /** Object that is called like its model. */
  readonly object: Model
  before?(write: TypedWrite<Model>, context: PluginContext): ReturnType<NonNullable<RecordRule['before']>>
  after?(write: TypedWrite<Model>, context: PluginContext): void | Promise<void>
}

/** Declares a rule on writes to records of an object that is called like its model. */
export function defineRule<Model extends ModelName>(rule: TypedRule<Model>): RecordRule {
  return rule
}

/** Declares a rule on an operation with an input of its own. */
export function defineOperationRule(rule: OperationRule): OperationRule {
  return rule
}
