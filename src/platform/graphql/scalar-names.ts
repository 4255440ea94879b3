/** Scalar types that a field or argument may have. */
export const SCALAR_NAMES = [
  'ID',
  'String',
  'Int',
  'Float',
  'Boolean',
  'DateTime',
  'Date',
  'Decimal',
  'CurrencyCode',
  'JSON',
] as const

export type ScalarName = (typeof SCALAR_NAMES)[number]

const NAMES: ReadonlySet<string> = new Set(SCALAR_NAMES)

export function isScalarName(name: string): name is ScalarName {
  return NAMES.has(name)
}
