import type { OperationPayloadField } from '../operations/operation.ts'
import type { PluginContext } from '../plugins/plugin-context.ts'
import type { SourceArgument } from './fields.ts'

/**
 * A root query field that code answers, where one record or a list of an object is not enough. Records in the answer are
 * read by the platform, from their uuids, as far as the caller may see them: a hidden one is null, or left out of its list. The
 * field itself is always nullable: where the code fails or takes more than 5 s it is null, with an error that names the plugin.
 */
export interface Query {
  /** Root field, such as `conflictCheck`. */
  readonly name: string
  readonly description: string
  /** Permission that the caller needs, such as `matter:read`. */
  readonly permission: `${string}:${string}`
  readonly args?: Readonly<Record<string, QueryArgument>>
  readonly answer: Omit<OperationPayloadField, 'description'>
  /** In a transaction that can only read. */
  run(args: Readonly<Record<string, unknown>>, context: PluginContext): Promise<unknown>
}

export interface QueryArgument extends SourceArgument {
  readonly isRequired?: true
}

/** Declares a root query field. */
export function defineQuery(query: Query): Query {
  return query
}
