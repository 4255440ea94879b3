import type { PluginContext } from '../plugin-context.ts'
import type { InputValues } from './input-values.ts'
import type { OperationInputField } from './operation-input.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

/** A field of an operation's payload. What is no list and not nullable always has a value. */
export interface OperationPayloadField {
  readonly description: string
  /**
   * A GraphQL type by its name, or a type of the operation's own. For the type of an object, or `Node`, the value is the
   * record's uuid (for `Node` `{ type, id }`): the platform reads what the client selects of it.
   */
  readonly type: string | OperationOutputType | OperationEnum
  readonly isList?: true
  readonly isNullable?: true
  /**
   * A secret that is told once: it is not kept with the answer of an Idempotency-Key, so that the same request again gets an
   * error in its place. Nullable, and a field of the payload itself.
   */
  readonly isSecret?: true
}

/** An object that an operation answers. */
export interface OperationOutputType {
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, OperationPayloadField>>
}

/** An enum that an operation brings: each value with what it says. */
export interface OperationEnum {
  readonly name: string
  readonly description: string
  readonly values: Readonly<Record<string, string>>
}

/** What an operation answers: its payload's fields, and what the caller can mend. */
export interface OperationResult {
  readonly values: Values
  readonly userErrors: readonly UserError[]
}

/**
 * A mutation that is more than a write to one record: it has an input and a payload of its own, and writes records through
 * the same operations as everything else. Its payload has `userErrors` beside the fields declared here.
 */
export interface Operation {
  /** Mutation field, such as `importRecords`. */
  readonly name: string
  readonly description: string
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
  readonly input: Readonly<Record<string, OperationInputField>>
  readonly payload: Readonly<Record<string, OperationPayloadField>>
  /** Permission that the caller needs, such as `matter:open`; null where each write inside it asks for its own. */
  readonly permission: `${string}:${string}` | null
  /** Points that it costs a caller, where a record read is 1; 10 unless said otherwise. */
  readonly cost?: number
  /**
   * Parses and writes, in one transaction. What it wrote through `records` is committed with its log; without any such write
   * the statements of its own are committed where it answers no errors.
   */
  run(input: Values, context: PluginContext): Promise<OperationResult>
}

/** An operation whose `input` is typed by the fields that it declares. */
export interface TypedOperation<Input extends Operation['input']> extends Omit<Operation, 'input' | 'run'> {
  readonly input: Input
  /** See `Operation`. */
  run(input: InputValues<Input>, context: PluginContext): Promise<OperationResult>
}

/**
 * Declares an operation. `run` gets its input typed: scalars, enums of models, lists and input types of its own; an input of
 * the API, such as `CreateCartInput`, is `Values`.
 */
export function defineOperation<const Input extends Operation['input']>(operation: TypedOperation<Input>): Operation {
  return operation
}
