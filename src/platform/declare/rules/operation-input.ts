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
  readonly fields: Readonly<Record<string, OperationInputField>>
}
