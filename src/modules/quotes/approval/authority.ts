import { compareDecimals } from '../../../platform/formats/decimal.ts'

/** The numbers of a quote that an approval is about. Percentages are null when they are not known. */
export interface QuoteNumbers {
  readonly totalDiscountPercent: string | null
  readonly marginPercent: string | null
  readonly total: string
}

/** What somebody may agree on without asking; null for no limit. The total is in the currency of the quote. */
export interface AuthorityLimits {
  readonly maxDiscountPercent: string | null
  readonly minMarginPercent: string | null
  readonly maxTotal: string | null
}

/** What exceeds an authority. */
export type Excess = 'DISCOUNT' | 'MARGIN' | 'TOTAL'

/**
 * Returns what of a quote exceeds an authority; nothing when the authority covers the quote. A number that is not known
 * exceeds a limit on it: nobody can say that it is within.
 */
export function excessOf(quote: QuoteNumbers, limits: AuthorityLimits): Excess[] {
  const excess: Excess[] = []
  const { totalDiscountPercent: discount, marginPercent: margin, total } = quote
  if (limits.maxDiscountPercent !== null && (discount === null || isMore(discount, limits.maxDiscountPercent)))
    excess.push('DISCOUNT')
  if (limits.minMarginPercent !== null && (margin === null || isMore(limits.minMarginPercent, margin)))
    excess.push('MARGIN')
  if (limits.maxTotal !== null && isMore(total, limits.maxTotal)) excess.push('TOTAL')
  return excess
}

const isMore = (one: string, other: string) => compareDecimals(one, other) > 0
