/** A field of an operation's input. */
export interface OperationInputField {
  readonly description: string
  /** A GraphQL type by its name, or an input type of the operation's own. */
  readonly type: string | OperationInputType
  readonly isList?: true
  readonly isRequired?: true
  readonly defaultValue?: unknown
  /** A secret, such as a password: the operation takes no Idempotency-Key, whose store would keep a fast hash of it. */
  readonly isSecret?: true
}

/** An input object that an operation brings. */
export interface OperationInputType {
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, OperationInputField>>
}
