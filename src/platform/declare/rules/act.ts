import type { ModelTypes } from '../../../../generated/models.ts'
import type { ModelName } from '../objects/item.ts'
import type { PluginContext } from '../plugin-context.ts'
import type { RuleResult } from './rule.ts'
import type { Values } from './values.ts'

/** A business act on one record: `completeTask`. Its input is the record's id and version. */
export interface Act {
  readonly name: string
  readonly description: string
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
  readonly object: string
  /** Points that it costs a caller, where a record read is 1; 10 unless said otherwise. */
  readonly cost?: number
  /**
   * Action of its own in permissions, such as `convert` for `lead:convert`, where someone has to be able to grant it alone.
   * Without it the act needs `update`.
   */
  readonly action?: string
  /** Column values to write, or why not. The row is locked. */
  apply(record: Values, context: PluginContext): RuleResult | Promise<RuleResult>
}

/** An act whose `record` is typed by the model of its object. */
export interface TypedAct<Model extends ModelName> extends Omit<Act, 'object' | 'apply'> {
  /** Object that is called like its model. */
  readonly object: Model
  apply(record: Readonly<ModelTypes[Model]['columns']>, context: PluginContext): ReturnType<Act['apply']>
}

/** Declares a business act on records of an object that is called like its model. */
export function defineAct<Model extends ModelName>(act: TypedAct<Model>): Act {
  return act
}
