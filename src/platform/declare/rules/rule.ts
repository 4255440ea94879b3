import type { ModelTypes } from '../../../../generated/models.ts'
import type { ModelName } from '../objects/item.ts'
import type { WriteKind } from '../objects/object.ts'
import type { PluginContext } from '../plugin-context.ts'
import type { OperationResult } from './operation.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

/** A write of a record, as rules get it. Rules of plugins get a frozen copy. */
export interface PendingWrite {
  /** A business act is an `update`. */
  readonly kind: WriteKind
  /** Mutation that the write belongs to, such as `updateTask` or `completeTask`. */
  readonly operation: string
  /** uuid of the record. */
  readonly id: string
  /** The stored row, by the model's field names; null for a create. */
  readonly before: Values | null
  /** Column values that will be written, by the model's field names. */
  readonly values: Values
  /** Items that will replace the stored ones, by field: rows of column values. Only fields that the caller sent. */
  readonly items: ReadonlyMap<string, readonly Values[]>
}

/** A write of a record whose columns are typed by the model of the object. */
export interface TypedWrite<Model extends ModelName> extends PendingWrite {
  readonly before: Readonly<ModelTypes[Model]['columns']> | null
  readonly values: Readonly<Partial<ModelTypes[Model]['columns']>>
}

/** The result of a rule or act. Every property is optional. */
export interface RuleResult {
  /**
   * Column values that are written too, or instead of those in `values`. For an object of another plugin only columns
   * that clients may write; never the id, the workspace, the version or who wrote the record when.
   */
  readonly patch?: Values
  /**
   * Items that replace those of the write, by field: rows of column values. Only items in tables of the rule's own
   * plugin. The platform sets their ids and positions.
   */
  readonly items?: Readonly<Record<string, readonly Values[]>>
  /**
   * For a create: uuid of a record that is the same. It is returned to the caller and nothing is written. Only for
   * objects of the rule's own plugin.
   */
  readonly existingId?: string
  /**
   * Reasons why the write is refused, at most 100. One refusal of any rule is enough: nothing is written, and the
   * caller gets the refusals of all rules.
   */
  readonly refusals?: readonly UserError[]
}

interface RuleOptions {
  /**
   * `<plugin id>.<name>`. Administrators disable the rule, other rules order themselves and refusals refer to it by
   * name.
   */
  readonly name: string
  /** What the rule requires or keeps in step, in one sentence. */
  readonly description: string
  /** Names of rules that run after this one. Names of rules that do not exist are ignored. */
  readonly runsBefore?: readonly string[]
  /** Names of rules that run before this one. Names of rules that do not exist are ignored. */
  readonly runsAfter?: readonly string[]
  /** Milliseconds that one run may take before the write fails, at most 5,000. Default: 250. */
  readonly budgetMs?: number
  /** Whether administrators can't disable the rule, because the data would become inconsistent without it. */
  readonly isIntegral?: true
}

/**
 * A rule on writes of records of one object, which runs in their transaction. It may refuse or change a write, but
 * never permit one that permissions or other rules refuse. When it throws, the write fails with an error that names the
 * plugin. It may run again when two transactions collide, so it must have no effect outside the database.
 */
export interface RecordRule extends RuleOptions {
  readonly object: string
  /**
   * Kinds of writes (`create`, `update`, `delete`, `restore`) or names of business acts, such as `completeTask`.
   * `update` includes all acts.
   */
  readonly on: readonly string[]
  /** Runs before the row is written. It can't write, because other rules may still refuse the write. */
  before?(write: PendingWrite, context: PluginContext): RuleResult | undefined | Promise<RuleResult | undefined>
  /** Runs after the row and its items were written. It may write; when it throws, the whole write is rolled back. */
  after?(write: PendingWrite, context: PluginContext): void | Promise<void>
}

/** A rule on an operation, which runs in its transaction. */
export interface OperationRule extends RuleOptions {
  /** Mutation, such as `importRecords`. */
  readonly operation: string
  /** Runs before the operation. It may refuse the operation, and can't write. */
  before?(
    input: Values,
    context: PluginContext,
  ): Pick<RuleResult, 'refusals'> | undefined | Promise<Pick<RuleResult, 'refusals'> | undefined>
  /** Runs after the operation, if its result has no `userErrors`. It may write. */
  after?(input: Values, result: OperationResult, context: PluginContext): void | Promise<void>
}

export type Rule = RecordRule | OperationRule

/** A rule whose `write` is typed by the model of its object. */
export interface TypedRule<Model extends ModelName> extends Omit<RecordRule, 'object' | 'before' | 'after'> {
  /** Object that has the name of its model. */
  readonly object: Model
  /** See `RecordRule`. */
  before?(write: TypedWrite<Model>, context: PluginContext): ReturnType<NonNullable<RecordRule['before']>>
  /** See `RecordRule`. */
  after?(write: TypedWrite<Model>, context: PluginContext): void | Promise<void>
}

/**
 * Declares a rule on writes of records of an object that has the name of its model, for `rules` of a plugin.
 *
 * @example
 * export const tidyTitle = defineRule({
 *   name: 'courses.tidyTitle',
 *   description: 'Two spaces in a title become one.',
 *   object: 'Course',
 *   on: ['create', 'update'],
 *   before: ({ values: { title } }) => (title ? { patch: { title: title.replaceAll(/\s+/g, ' ') } } : undefined),
 * })
 */
export function defineRule<Model extends ModelName>(rule: TypedRule<Model>): RecordRule {
  return rule
}

/** Declares a rule on an operation, for `rules` of a plugin. */
export function defineOperationRule(rule: OperationRule): OperationRule {
  return rule
}
