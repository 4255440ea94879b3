/** A field of an operation's input. */
export interface OperationInputField {
  readonly description: string
  /** Name of a GraphQL input type, or an input type that the operation declares. */
  readonly type: string | OperationInputType
  readonly isList?: true
  /** Without it the field may be null or absent. */
  readonly isRequired?: true
  readonly defaultValue?: unknown
  /**
   * Whether the value is a secret, such as a password. The operation then accepts no Idempotency-Key, because a fast
   * hash of the request, and so of the secret, would be stored with the key.
   */
  readonly isSecret?: true
}

/** An input object type that an operation declares. */
export interface OperationInputType {
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, OperationInputField>>
}
