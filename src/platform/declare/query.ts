import type { SourceArgument } from './objects/fields.ts'
import type { PluginContext } from './plugin-context.ts'
import type { InputValues } from './rules/input-values.ts'
import type { OperationPayloadField } from './rules/operation.ts'

/**
 * A root query field that code answers, where one record or a list of an object is not enough. Records in the answer are
 * read by the platform, from their uuids, as far as the caller may see them: a hidden one is null, or left out of its list. The
 * field itself is always nullable: where the code fails or takes more than 5 s it is null, with an error that names the plugin.
 */
export interface Query {
  /** Root field, such as `conflictCheck`. */
  readonly name: string
  readonly description: string
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
  /** Permission that the caller needs, such as `matter:read`. */
  readonly permission: `${string}:${string}`
  readonly args?: Readonly<Record<string, QueryArgument>>
  readonly answer: Omit<OperationPayloadField, 'description'>
  /** Points that it costs a caller, where a record read is 1; 10 unless said otherwise. */
  readonly cost?: number
  /** In a transaction that can only read. */
  run(args: Readonly<Record<string, unknown>>, context: PluginContext): Promise<unknown>
}

export interface QueryArgument extends SourceArgument {
  readonly isRequired?: true
}

/** A root query field whose `args` are typed by what it declares. */
export interface TypedQuery<Args extends NonNullable<Query['args']>> extends Omit<Query, 'args' | 'run'> {
  readonly args?: Args
  /** See `Query`. */
  run(args: InputValues<Args>, context: PluginContext): Promise<unknown>
}

/** Declares a root query field. `run` gets its arguments typed. */
export function defineQuery<const Args extends NonNullable<Query['args']>>(query: TypedQuery<Args>): Query {
  return query
}
