import type { ModelTypes } from '../../../generated/models.ts'
import type { ModelName } from './objects/item.ts'
import type { PluginContext } from './plugin-context.ts'
import type { Values } from './rules/values.ts'

/**
 * What a record gets from the record of which it is made, such as a contact from a lead that is converted. Which objects are
 * made of which is up to the operation that makes them: it asks for the mappings of a pair of objects.
 */
export interface Mapping {
  /** `<plugin id>.<name>` */
  readonly name: string
  /** What is taken over, in one sentence. */
  readonly description: string
  /** Object of the record that is there, such as `Lead`. */
  readonly from: string
  /** Object of the record that is made of it, such as `Contact`. */
  readonly to: string
  /**
   * Returns input fields of the new record, as `records.create` takes them. Of several mappings the first one that has a
   * value for a field decides: core's before those of plugins, and those of plugins in the order of the plugins. Runs in
   * the transaction of the operation, for at most 1 second; it can't write. When it throws, the operation fails.
   * @param record Stored row of the record that is there, by the model's field names; frozen.
   */
  values(record: Values, context: PluginContext): Values | Promise<Values>
}

/** A mapping whose `record` is typed by the model of the object. */
export interface TypedMapping<From extends ModelName> extends Omit<Mapping, 'from' | 'values'> {
  /** Name of an object that has the name of its model. */
  readonly from: From
  /** See `Mapping`. */
  values(record: Readonly<ModelTypes[From]['columns']>, context: PluginContext): Values | Promise<Values>
}

/**
 * Declares a mapping, for `mappings` of a plugin.
 *
 * @example
 * export const leadDescription = defineMapping({
 *   name: 'courses.leadDescription',
 *   description: 'A contact gets the description of the lead.',
 *   from: 'Lead',
 *   to: 'Contact',
 *   values: ({ description }) => ({ description }),
 * })
 */
export function defineMapping<From extends ModelName>(mapping: TypedMapping<From>): Mapping {
  return mapping
}
