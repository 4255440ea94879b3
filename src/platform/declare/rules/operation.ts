import type { PluginContext } from '../plugin-context.ts'
import type { InputValues } from './input-values.ts'
import type { OperationInputField } from './operation-input.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

/**
 * A field of an operation's payload. A refused operation has no values: then a list is empty, a nullable field null,
 * and a scalar 0, false or an empty text. Any other field of the payload has to be nullable.
 */
export interface OperationPayloadField {
  readonly description: string
  /**
   * Name of a GraphQL type, or a type that the operation declares. When it is an object, the value is the uuid of a
   * record (for `Node`: `{ type, id }`), and the platform reads the fields that the client selects. A field with a
   * record has to be nullable: it is null when the record is not visible to the caller.
   */
  readonly type: string | OperationOutputType | OperationEnum
  readonly isList?: true
  readonly isNullable?: true
  /**
   * Whether the value is a secret that is returned once: it is not stored with the payload of an Idempotency-Key, and a
   * repeated request gets an error for this field. Only for nullable fields of the payload itself.
   */
  readonly isSecret?: true
}

/** An object type that an operation or query declares for its answer. */
export interface OperationOutputType {
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, OperationPayloadField>>
}

/** An enum that an operation or query declares: each value with its description. */
export interface OperationEnum {
  readonly name: string
  readonly description: string
  readonly values: Readonly<Record<string, string>>
}

/** The result of an operation. */
export interface OperationResult {
  /** Values of the payload's fields, by name. */
  readonly values: Values
  /** Problems that the caller can correct; empty when the operation was done. */
  readonly userErrors: readonly UserError[]
}

/**
 * A mutation with an input and a payload of its own, for more than a write of one record. It writes records through
 * `records`. Its payload has `userErrors` besides the declared fields.
 */
export interface Operation {
  /** Mutation, such as `importRecords`. */
  readonly name: string
  readonly description: string
  /**
   * Why the mutation will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
  readonly input: Readonly<Record<string, OperationInputField>>
  readonly payload: Readonly<Record<string, OperationPayloadField>>
  /**
   * Permission that the caller needs, such as `matter:open`; null when each write inside asks for its own permission.
   */
  readonly permission: `${string}:${string}` | null
  /** Points that the operation costs the caller; reading one record costs 1. Default: 10. */
  readonly cost?: number
  /**
   * Runs the operation in one transaction, for at most 5 seconds (operations of core have no limit). Writes through
   * `records` are committed with their log even when the result has `userErrors`; without any such write, the
   * operation's own SQL is committed only when `userErrors` is empty.
   */
  run(input: Values, context: PluginContext): Promise<OperationResult>
}

/** An operation whose `run` gets its input typed by the declared fields. */
export interface TypedOperation<Input extends Operation['input']> extends Omit<Operation, 'input' | 'run'> {
  readonly input: Input
  /** See `Operation`. */
  run(input: InputValues<Input>, context: PluginContext): Promise<OperationResult>
}

/**
 * Declares an operation, for `operations` of a plugin. `run` gets its input typed: scalars, enums of models, lists and
 * declared input types. A value of an input type of the API, such as `CreateCartInput`, has the type `Values`.
 */
export function defineOperation<const Input extends Operation['input']>(operation: TypedOperation<Input>): Operation {
  return operation
}
