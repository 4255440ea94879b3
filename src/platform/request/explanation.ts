/** How a request was answered, for a developer who asks for it. It holds no values. */
export interface Explanation {
  /** Number of SQL statements so far. */
  statements: number
  /** The fields that code computed after a statement, by plugin and field. */
  readonly fields: Map<string, ExplainedField>
}

/** A field that code computed after the statement that read what it needs. */
export interface ExplainedField {
  readonly plugin: string
  /** `<Type>.<field>` */
  readonly field: string
  /** Number of values that were computed. */
  readonly values: number
  /** Number of calls of the field's code. */
  readonly calls: number
  /** Time from the start of the computation until the last value was there. */
  readonly milliseconds: number
}

/** Returns an empty explanation. */
export function startExplanation(): Explanation {
  return { statements: 0, fields: new Map() }
}

/** Adds computed values to an explanation; does nothing without one. */
export function explainField(explanation: Explanation | undefined, added: ExplainedField): void {
  if (!explanation) return
  const key = `${added.plugin} ${added.field}`
  const known = explanation.fields.get(key)
  explanation.fields.set(key, {
    ...added,
    values: added.values + (known?.values ?? 0),
    calls: added.calls + (known?.calls ?? 0),
    milliseconds: added.milliseconds + (known?.milliseconds ?? 0),
  })
}
