/**
 * A field of an operation's payload. When the operation is refused and returns no value for the field, a list is empty,
 * a nullable field is null, and a scalar is 0, false or an empty text. Any other field has to be nullable.
 */
export interface OperationPayloadField {
  readonly description: string
  /**
   * Name of a GraphQL type, or a type that the operation declares. For a field with the type of an object, such as
   * `Account`, `run` returns the uuid of a record (for `Node`: `{ type: 'Account', id: uuid }`), and the platform reads
   * the fields that the client selects. Such a field has to be nullable or a list: a record that is not visible to the
   * caller becomes null, or is left out of its list.
   */
  readonly type: string | OperationOutputType | OperationEnum
  readonly isList?: true
  readonly isNullable?: true
  /**
   * Whether the value is a secret that is returned only once. It is not stored with the payload for an Idempotency-Key,
   * so a repeated request gets an error for this field. Only for nullable fields directly in the payload.
   */
  readonly isSecret?: true
}

/** A GraphQL object type that an operation declares for its payload, or a query for its value. */
export interface OperationOutputType {
  /** Name of the GraphQL type. */
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, OperationPayloadField>>
}

/** An enum that an operation or query declares: each value with its description. */
export interface OperationEnum {
  /** Name of the GraphQL enum. */
  readonly name: string
  readonly description: string
  readonly values: Readonly<Record<string, string>>
}
