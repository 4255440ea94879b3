import type { ModelTypes } from '../../../../generated/models.ts'
import type { ModelName } from '../objects/item.ts'
import type { WriteKind } from '../objects/object.ts'
import type { PluginContext } from '../plugin-context.ts'
import type { OperationResult } from './operation.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

/** A write of a record, as rules get it. It is frozen: a rule changes the write only by its result. */
export interface PendingWrite {
  /** Kind of the write; `update` for a business act. */
  readonly kind: WriteKind
  /**
   * Name of the mutation for one record, such as `updateTask` or `completeTask`, also in a bulk mutation. For a write
   * by `records.patch` it is the name of the plugin's part that calls `patch`, such as `courses.remind`.
   */
  readonly operation: string
  /** uuid of the record. */
  readonly id: string
  /** The stored row, by the model's field names; null for a create. */
  readonly before: Values | null
  /** Column values that will be written, by the model's field names. */
  readonly values: Values
  /** Items that will replace the stored items, by field: rows of column values. Only fields that the caller sent. */
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
   * Column values to write, by the model's field names. They are added to `values` of the write, and replace values of
   * the same columns. For an object of another plugin only columns that clients may write are allowed. Never allowed
   * are `id`, `workspaceId`, `version`, `deletedAt`, the times and authors of writes, and what the database computes.
   */
  readonly patch?: Values
  /**
   * Items that replace the items of the write, by field: rows of column values. Only items in tables of the rule's own
   * plugin. The platform sets the ids and positions of the items. Not for acts.
   */
  readonly items?: Readonly<Record<string, readonly Values[]>>
  /**
   * For a create: uuid of an existing record that is the same as the new one. Nothing is written, and the caller gets
   * the existing record. Only for objects of the rule's own plugin. Not for acts.
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
   * `<plugin id>.<name>`. Administrators use the name to disable the rule, other rules use it in `runsBefore` and
   * `runsAfter`, and refusals contain it.
   */
  readonly name: string
  /** What the rule requires or changes, in one sentence. */
  readonly description: string
  /** Names of rules that run after this one. Names of rules that do not exist are ignored. */
  readonly runsBefore?: readonly string[]
  /** Names of rules that run before this one. Names of rules that do not exist are ignored. */
  readonly runsAfter?: readonly string[]
  /**
   * Milliseconds that one run may take, at most 5,000; after that the write fails. Default: 250. A run for several writes
   * may take as long as one for a single write.
   */
  readonly budgetMs?: number
  /** Whether administrators can't disable the rule, because the data would become inconsistent without it. */
  readonly isIntegral?: true
}

/** Results of a rule for several writes, one for each write in the same order; undefined or null where it does nothing. */
export type RuleResults = readonly (RuleResult | undefined | null)[] | undefined

/**
 * A rule on writes of records of one object, which runs in the transaction of the write. It has one of `before` and
 * `beforeAll`, one of `after` and `afterAll`, or one of each. It may refuse or change a write, but can't permit a write
 * that permissions or other rules refuse. When it throws, the write fails with an error that names the plugin. The
 * platform runs a transaction again after a conflict with another transaction, and the rule with it, so the rule must
 * have no effect outside the database.
 */
export interface RecordRule extends RuleOptions {
  /** Name of the object, of this or another plugin. */
  readonly object: string
  /**
   * At least one: kinds of writes (`create`, `update`, `delete`, `restore`) or names of business acts, such as `completeTask`.
   * `update` includes all acts.
   */
  readonly on: readonly string[]
  /**
   * Runs before the row is written. It can't write, because other rules may still refuse the write: a call that writes
   * throws an Error.
   */
  before?(write: PendingWrite, context: PluginContext): RuleResult | undefined | Promise<RuleResult | undefined>
  /**
   * The same as `before`, for all writes that are done together, such as up to 500 new records of an import or of a bulk
   * mutation: a rule that reads can do so with one statement. A single write is a list of one. All writes are of the same
   * kind and operation. Returns one result for each write, in the same order.
   */
  beforeAll?(writes: readonly PendingWrite[], context: PluginContext): RuleResults | Promise<RuleResults>
  /** Runs after the row and its items were written. It may write; when it throws, the whole write is rolled back. */
  after?(write: PendingWrite, context: PluginContext): void | Promise<void>
  /** The same as `after`, for all writes that were done together, as `beforeAll` gets them. */
  afterAll?(writes: readonly PendingWrite[], context: PluginContext): void | Promise<void>
}

/** A rule on an operation, which runs in the transaction of the operation. It has `before`, `after` or both. */
export interface OperationRule extends RuleOptions {
  /** Name of the operation, such as `importRecords`. */
  readonly operation: string
  /** Runs before the operation. It may refuse the operation. It can't write: a call that writes throws an Error. */
  before?(
    input: Values,
    context: PluginContext,
  ): Pick<RuleResult, 'refusals'> | undefined | Promise<Pick<RuleResult, 'refusals'> | undefined>
  /** Runs after the operation, if its result has no `userErrors`. It may write. */
  after?(input: Values, result: OperationResult, context: PluginContext): void | Promise<void>
}

export type Rule = RecordRule | OperationRule

/** A rule whose `write` is typed by the model of its object. */
export interface TypedRule<Model extends ModelName>
  extends Omit<RecordRule, 'object' | 'before' | 'beforeAll' | 'after' | 'afterAll'> {
  /** Name of an object that has the name of its model. */
  readonly object: Model
  /** See `RecordRule`. */
  before?(write: TypedWrite<Model>, context: PluginContext): ReturnType<NonNullable<RecordRule['before']>>
  /** See `RecordRule`. */
  beforeAll?(
    writes: readonly TypedWrite<Model>[],
    context: PluginContext,
  ): ReturnType<NonNullable<RecordRule['beforeAll']>>
  /** See `RecordRule`. */
  after?(write: TypedWrite<Model>, context: PluginContext): void | Promise<void>
  /** See `RecordRule`. */
  afterAll?(writes: readonly TypedWrite<Model>[], context: PluginContext): void | Promise<void>
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
