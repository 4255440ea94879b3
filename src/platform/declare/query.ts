import type { FieldArgument, FieldArguments } from './objects/field-args.ts'
import type { OnlyKeysOf } from './only-keys.ts'
import type { PluginContext } from './plugin-context.ts'
import type { InputValues } from './rules/input-values.ts'
import type { OperationPayloadField } from './rules/operation-output.ts'

/** What the client selects of the answer of a query. */
export interface QuerySelection {
  /**
   * Whether the client selects a field of the answer, or of the objects in it where it is a list. `run` may leave out a
   * field that nobody selects, when it is expensive to compute.
   */
  has(field: string): boolean
}

/**
 * A root query field whose value code computes, for values other than one record or a list of records of one object.
 * Where the value contains a record, `run` returns the uuid of the record, and the platform reads the fields that the
 * client selects. A record that is not visible to the caller becomes null, or is left out of its list.
 *
 * The root field is always nullable: when the code throws or takes more than 5 seconds, the field is null and the
 * response has an error that names the plugin.
 */
export interface Query {
  /** Name of the root field, such as `conflictCheck`. */
  readonly name: string
  readonly description: string
  /**
   * Why the field will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
  /** Permission that the caller needs, such as `matter:read`. */
  readonly permission: `${string}:${string}`
  /** Arguments by name. */
  readonly args?: FieldArguments
  /** Type of the field. `isNullable` has no effect here: the field is always nullable. */
  readonly answer: Omit<OperationPayloadField, 'description'>
  /** Points that the query costs the caller; reading one record costs 1. At most 100,000. Default: 10. */
  readonly cost?: number
  /**
   * Returns the value of the field, in the shape that `answer` declares. Called for each request that selects the
   * field, in a read-only transaction, for at most 5 seconds. Throw `badArgument(message)` when the caller has to
   * correct an argument.
   */
  run(args: Readonly<Record<string, unknown>>, context: PluginContext, selection: QuerySelection): Promise<unknown>
}

/** What an argument of a query may have. */
type QueryArgument = Pick<FieldArgument, 'type' | 'description' | 'isList' | 'isRequired'>

/** A query whose `run` gets arguments typed by the declared `args`. */
export interface TypedQuery<Args extends FieldArguments> extends Omit<Query, 'args' | 'run'> {
  readonly args?: Args
  /** See `Query`. */
  run(args: InputValues<Args>, context: PluginContext, selection: QuerySelection): Promise<unknown>
}

/** Declares a root query field, for `queries` of a plugin. `run` gets its arguments typed. */
export function defineQuery<const Args extends FieldArguments>(
  query: TypedQuery<Args> & {
    readonly args?: { readonly [Name in keyof Args]: OnlyKeysOf<QueryArgument, Args[Name]> }
  },
): Query {
  return query
}
