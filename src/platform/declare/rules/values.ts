/** Column values of a row, by the model's field names; or values of an operation's input or payload, by name. */
export type Values = Readonly<Record<string, unknown>>
