import type { PluginContext } from '../plugin-context.ts'
import type { InputValues } from './input-values.ts'
import type { OperationInputField } from './operation-input.ts'
import type { OperationPayloadField } from './operation-output.ts'
import type { UserError } from './user-errors.ts'
import type { Values } from './values.ts'

export type { OperationEnum, OperationOutputType, OperationPayloadField } from './operation-output.ts'

/** The result of an operation. */
export interface OperationResult {
  /** Values of the payload's fields, by name. */
  readonly values: Values
  /** Problems that the caller can correct; empty when the operation was done. */
  readonly userErrors: readonly UserError[]
}

/**
 * A mutation with an input and a payload of its own, for more than a write of one record. It writes records through
 * `records` of its context. The payload has `userErrors` besides the declared fields.
 */
export interface Operation {
  /** Name of the mutation, such as `importRecords`. */
  readonly name: string
  readonly description: string
  /**
   * Why the mutation will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
  /** Fields of the input, by name. */
  readonly input: Readonly<Record<string, OperationInputField>>
  /** Fields of the payload, by name. */
  readonly payload: Readonly<Record<string, OperationPayloadField>>
  /**
   * Permission that the caller needs, such as `matter:open`; null when the caller needs only the permissions of the
   * writes that the operation does through `records`.
   */
  readonly permission: `${string}:${string}` | null
  /**
   * Whether everything is rolled back when the result has `userErrors`, also what was written through `records`. Default:
   * see `run`.
   */
  readonly isAtomic?: true
  /** Points that the operation costs the caller; reading one record costs 1. At most 100,000. Default: 10. */
  readonly cost?: number
  /**
   * Runs the operation in one transaction, for at most 5 seconds (operations of core have no limit). When it throws or
   * takes longer, everything is rolled back and the mutation fails with PLUGIN_FAILED. When it has written records
   * through `records`, the transaction is committed even if the result has `userErrors`. When it has written only by
   * its own SQL, the transaction is committed only if `userErrors` is empty.
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
