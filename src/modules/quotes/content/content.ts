/**
 * All that a customer gets to see of a quote: what is approved, sent and accepted. Decimals are texts with at least two
 * decimal places, days texts such as `2026-01-31`, ids record ids; null stands for what is not given.
 */
export interface QuoteContent {
  readonly number: string
  readonly name: string
  readonly currency: string
  readonly validUntil: string | null
  /** The customer; null when the opportunity has no account. */
  readonly account: { readonly id: string; readonly name: string } | null
  readonly lines: readonly ContentLine[]
  readonly groups: readonly ContentGroup[]
  /** Discount on the whole quote, in percent. */
  readonly discountPercent: string | null
  /** Sum of the totals of the lines. */
  readonly subtotal: string
  /** Discounts on groups and on the quote. */
  readonly discount: string
  /** The subtotal less the discount. */
  readonly net: string
  /** Taxes by rate, the lowest rate first. */
  readonly taxes: readonly ContentTax[]
  readonly tax: string
  readonly total: string
  readonly terms: string | null
}

/** A line of a quote, as the customer sees it. */
export interface ContentLine {
  readonly product: { readonly id: string; readonly name: string; readonly sku: string; readonly unit: string | null }
  readonly description: string | null
  /** Name of the group that the line is in. */
  readonly group: string | null
  readonly quantity: string
  readonly unitPrice: string
  readonly discountPercent: string | null
  readonly taxPercent: string | null
  /** Quantity times unit price. */
  readonly amount: string
  /** The amount less the discount on the line. */
  readonly total: string
  /** The total less the line's parts of the discounts on its group and on the quote. */
  readonly net: string
  readonly tax: string
}

/** A group of lines, as the customer sees it. */
export interface ContentGroup {
  readonly name: string
  readonly discountPercent: string | null
  readonly subtotal: string
  readonly discount: string
  readonly total: string
}

/** The tax at one rate. */
export interface ContentTax {
  readonly percent: string
  /** Net amount of the lines with this rate. */
  readonly net: string
  readonly tax: string
}
