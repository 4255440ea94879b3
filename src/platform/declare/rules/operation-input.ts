import type { ZodType } from 'zod'

/** A field of an operation's input. */
export interface OperationInputField {
  readonly description: string
  /** Name of a GraphQL input type, or an input type that the operation declares. */
  readonly type: string | OperationInputType
  readonly isList?: true
  /** Whether the field has to be sent and can't be null. Default: it may be null or absent. */
  readonly isRequired?: true
  /** Value that the operation gets when the client leaves out the field. */
  readonly defaultValue?: unknown
  /**
   * Checks the value, the whole list for a list, after GraphQL has checked its type: such as the range of a number or the
   * length of a list. It is not used for null. A value that does not match refuses the operation with an
   * `InvalidInputError` for each problem, at the path of the field, and `run` is not called. Otherwise `run` gets the
   * value that the schema returns.
   */
  readonly schema?: ZodType
  /**
   * Whether the value is a secret, such as a password. The operation then refuses the header Idempotency-Key. For a
   * request with this header the server stores a fast hash of the request, from which the secret could be guessed.
   */
  readonly isSecret?: true
}

/** An input object type that an operation declares. */
export interface OperationInputType {
  /** Name of the GraphQL type, such as `CourseBookingInput`. */
  readonly name: string
  readonly description: string
  /**
   * Whether exactly one of the fields has to be sent, and not null (GraphQL's `@oneOf`): such as either a new record or an
   * existing one. No field of such a type is required or has a default.
   */
  readonly isOneOf?: true
  readonly fields: Readonly<Record<string, OperationInputField>>
}
