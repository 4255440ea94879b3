/** Column values of a row, by the model's field names. */
export type Values = Readonly<Record<string, unknown>>
