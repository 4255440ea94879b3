import { minorDigits } from '../../../src/platform/formats/currency.ts'

/** A rate as a test writes it. */
export interface Rate {
  readonly baseCurrency: string
  readonly currency: string
  /** Decimal as text. */
  readonly rate: string
  readonly validFrom: string
  readonly isDeleted?: boolean
}

/** An exact fraction; the denominator is greater than 0. */
interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Returns a decimal as a fraction. */
function fractionOf(decimal: string): Fraction {
  const [whole = '', places = ''] = decimal.split('.')
  return { numerator: BigInt(whole + places), denominator: 10n ** BigInt(places.length) }
}

const times = (one: Fraction, other: Fraction): Fraction => ({
  numerator: one.numerator * other.numerator,
  denominator: one.denominator * other.denominator,
})
const over = (one: Fraction, other: Fraction): Fraction =>
  times(one, { numerator: other.denominator, denominator: other.numerator })
const plus = (one: Fraction, other: Fraction): Fraction => ({
  numerator: one.numerator * other.denominator + other.numerator * one.denominator,
  denominator: one.denominator * other.denominator,
})
const isLess = (one: Fraction, other: Fraction) => one.numerator * other.denominator < other.numerator * one.denominator

/** Returns a fraction rounded to the minor units of a currency, halves away from zero, as the API writes amounts. */
function rounded({ numerator, denominator }: Fraction, currency: string): string {
  const digits = minorDigits(currency)
  const size = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(digits)
  const units = size / denominator + ((size % denominator) * 2n >= denominator ? 1n : 0n)
  const text = String(units).padStart(digits + 1, '0')
  const [whole, places] = digits === 0 ? [text, ''] : [text.slice(0, -digits), text.slice(-digits)]
  const kept = places.replace(/0+$/, '').padEnd(2, '0')
  return `${numerator < 0n && units > 0n ? '-' : ''}${whole}.${kept}`
}

/** The rates by which a currency is converted, and its value in units of the other currency. */
interface Found {
  readonly factor: Fraction
  readonly rates: readonly Rate[]
}

/** Returns how one unit of a currency is converted at a day, by the documented rule; null where there is no rate. */
function conversionOf(rates: readonly Rate[], from: string, to: string, on: string): Found | null {
  if (from === to) return { factor: fractionOf('1'), rates: [] }
  const latest = (base: string, currency: string): Rate | null => {
    const known = rates.filter(
      (rate) => !rate.isDeleted && rate.baseCurrency === base && rate.currency === currency && rate.validFrom <= on,
    )
    return known.toSorted((one, other) => (one.validFrom < other.validFrom ? 1 : -1))[0] ?? null
  }
  const bases = [...new Set(rates.map(({ baseCurrency }) => baseCurrency))].sort()
  const candidates = bases.flatMap((base) => {
    const source = latest(base, from)
    const target = latest(base, to)
    if ((!source && base !== from) || (!target && base !== to)) return []
    const used = [source, target].flatMap((rate) => rate ?? [])
    const factor = over(fractionOf(target?.rate ?? '1'), fractionOf(source?.rate ?? '1'))
    return [{ factor, rates: used, age: used.map(({ validFrom }) => validFrom).sort()[0] ?? '' }]
  })
  // A stable sort, so that among equals the first by alphabet stays the first.
  return candidates.toSorted((one, other) => (one.age === other.age ? 0 : one.age < other.age ? 1 : -1))[0] ?? null
}

/** What an aggregate should answer for some amounts. */
export interface Converted {
  /** Currencies without a rate. */
  readonly missing: readonly string[]
  readonly sum: string | null
  readonly avg: string | null
  readonly min: string | null
  readonly max: string | null
  readonly rates: readonly Rate[]
}

/** Converts amounts one by one with exact fractions, and rounds each value once. */
export function converted(
  amounts: readonly { readonly amount: string; readonly currency: string }[],
  rates: readonly Rate[],
  to: string,
  on: string,
): Converted {
  const found = amounts.map(({ amount, currency }) => ({
    currency,
    amount,
    conversion: conversionOf(rates, currency, to, on),
  }))
  const missing = [...new Set(found.flatMap(({ conversion, currency }) => (conversion ? [] : [currency])))].sort()
  const values = found.flatMap(({ conversion, amount }) =>
    conversion ? [times(fractionOf(amount), conversion.factor)] : [],
  )
  const used = [...new Set(found.flatMap(({ conversion }) => conversion?.rates ?? []))]
  const [first] = values
  if (missing.length > 0 || !first) return { missing, sum: null, avg: null, min: null, max: null, rates: used }
  const sum = values.reduce(plus, fractionOf('0'))
  const least = values.reduce((one, other) => (isLess(other, one) ? other : one), first)
  const greatest = values.reduce((one, other) => (isLess(one, other) ? other : one), first)
  return {
    missing,
    sum: rounded(sum, to),
    avg: rounded(over(sum, fractionOf(String(values.length))), to),
    min: rounded(least, to),
    max: rounded(greatest, to),
    rates: used,
  }
}
