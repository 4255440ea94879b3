const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** Whether a text is the ISO 4217 code of a currency, in upper case. */
export function isCurrency(code: string): boolean {
  return CURRENCIES.has(code)
}

const known = new Map<string, number>()

/**
 * Returns the number of decimal places of the smallest unit of a currency, by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD.
 * @param code ISO 4217 code in upper case
 */
export function minorDigits(code: string): number {
  const cached = known.get(code)
  if (cached !== undefined) return cached
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: code,
  }).resolvedOptions()
  known.set(code, maximumFractionDigits)
  return maximumFractionDigits
}
