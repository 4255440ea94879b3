/**
 * What a proposal says: all that its PDF depends on. Amounts are exact decimals as text, such as `"1250.00"`, in the
 * currency of the proposal; days are texts such as `2026-01-31`. Nothing is computed from it but the layout: whoever makes
 * the proposal has computed and rounded the amounts.
 */
export interface Proposal {
  /** Number of the quote, such as `Q-2026-0042`. */
  readonly number: string
  /** Number of the version of the quote, from 1. */
  readonly versionNumber: number
  /** Day of the proposal. */
  readonly issuedOn: string
  /** Last day on which the customer can accept it; null when it has no end. */
  readonly validUntil: string | null
  /** ISO 4217 code. */
  readonly currency: string
  readonly seller: Party
  readonly customer: Party
  /** Who answers questions; null for nobody by name. */
  readonly contactPerson: string | null
  readonly groups: readonly ProposalGroup[]
  readonly totals: ProposalTotals
  /** Text before the lines; null for none. Paragraphs are separated by line breaks, as in all texts. */
  readonly introduction: string | null
  /** Text after the totals, about this proposal. */
  readonly notes: string | null
  readonly terms: string | null
  readonly design: ProposalDesign
}

/** One side of a proposal. */
export interface Party {
  readonly name: string
  /** Lines under the name: a person, a street, a city, a country. */
  readonly lines: readonly string[]
}

/** Lines of a proposal that belong together. */
export interface ProposalGroup {
  /** Null for lines without a heading. */
  readonly name: string | null
  readonly lines: readonly ProposalLine[]
  /** What is subtracted from the sum of the lines, not negative; null for nothing. */
  readonly discount: string | null
  /** Sum of the lines minus the discount. */
  readonly total: string
}

/** A line of a proposal. */
export interface ProposalLine {
  readonly name: string
  readonly sku: string | null
  readonly description: string | null
  readonly quantity: string
  /** What a quantity of 1 is, such as `hour`; null where that is clear. */
  readonly unit: string | null
  readonly unitPrice: string
  /** Null for no discount. */
  readonly discountPercent: string | null
  readonly taxPercent: string | null
  /** After the discount of the line, before tax and before discounts of the group and the proposal. */
  readonly total: string
}

/** The amounts under the lines. */
export interface ProposalTotals {
  /** Sum of the totals of the groups. */
  readonly subtotal: string
  /** Discount on the whole proposal, not negative; null for none. */
  readonly discount: string | null
  /** The percentage of that discount; null when it is no percentage. */
  readonly discountPercent: string | null
  /** Tax by rate. */
  readonly taxes: readonly { readonly percent: string | null; readonly amount: string }[]
  readonly total: string
}

/** How a proposal looks. */
export interface ProposalDesign {
  /** BCP 47 tag: language of the fixed words, form of numbers and days, and size of the paper. */
  readonly locale: string
  /** Colour of headings, such as `#1f4e79`. */
  readonly color: string
  /** PNG or JPEG above the letter; null for the name of the seller. */
  readonly logo: Uint8Array | null
  /** Small print at the bottom of each page, such as the company's register number; null for none. */
  readonly footer: string | null
}
