import type { ModelTypes } from '../../../../generated/models.ts'
import type { ModelName } from '../objects/item.ts'
import type { PluginContext } from '../plugin-context.ts'
import type { InputValues } from './input-values.ts'
import type { OperationInputField } from './operation-input.ts'
import type { RuleResult } from './rule.ts'
import type { Values } from './values.ts'

/**
 * A business act: a mutation that is one step on one record, such as `completeTask`. Its input is the record's `id` and
 * `version`, and the fields that it declares.
 */
export interface Act {
  /** Name of the mutation, such as `completeTask`. */
  readonly name: string
  readonly description: string
  /**
   * Why the mutation will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
  /** Name of the record's object, such as `Task`. */
  readonly object: string
  /** Points that the act costs the caller; reading one record costs 1. At most 100,000. Default: 10. */
  readonly cost?: number
  /**
   * Action of the permission that the act needs. With `convert`, an act on leads needs `lead:convert`, which a role can
   * grant without `lead:update`. Default: `update`.
   */
  readonly action?: string
  /** Further fields of the input, by name, such as the reason of a cancellation; not `id` or `version`. */
  readonly input?: ActInput
  /**
   * Returns `patch` with the column values to write, or `refusals`. Called after the permission of the caller and the
   * version that the client sent were checked. The row is locked until the transaction ends. An act of a plugin may
   * take 1 second; when it throws or takes longer, the mutation fails with PLUGIN_FAILED.
   * @param record Stored row of the record, by the model's field names; frozen.
   * @param input Values of the fields that `input` declares.
   */
  apply(record: Values, context: PluginContext, input: Values): RuleResult | Promise<RuleResult>
}

/** Fields of an act's input, by name. An act takes no secrets. */
type ActInput = Readonly<Record<string, Omit<OperationInputField, 'isSecret'>>>

/** An act whose `record` is typed by the model of its object, and whose `input` by the fields that it declares. */
export interface TypedAct<Model extends ModelName, Input extends ActInput>
  extends Omit<Act, 'object' | 'input' | 'apply'> {
  /** Name of an object that has the name of its model. */
  readonly object: Model
  /** See `Act`. */
  readonly input?: Input
  /** See `Act`. */
  apply(
    record: Readonly<ModelTypes[Model]['columns']>,
    context: PluginContext,
    input: InputValues<Input>,
  ): ReturnType<Act['apply']>
}

/**
 * Declares a business act on records of an object that has the name of its model, for `acts` of a plugin.
 *
 * @example
 * export const cancelCourse = defineAct({
 *   name: 'cancelCourse',
 *   description: 'Cancels a course.',
 *   object: 'Course',
 *   apply: () => ({ patch: { status: 'CANCELLED' } }),
 * })
 */
export function defineAct<Model extends ModelName, const Input extends ActInput = Record<never, never>>(
  act: TypedAct<Model, Input>,
): Act {
  return act
}
