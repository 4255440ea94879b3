import { compareDecimals, multiplyDecimals, subtractDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import { allocateMoney, roundMoney } from '../../../platform/formats/money.ts'

/** What the totals of a line are computed from. Decimals are texts; null stands for none. */
export interface PricedLine {
  readonly groupName: string | null
  readonly quantity: string
  readonly unitPrice: string
  /** 0 to 100 */
  readonly discountPercent: string | null
  /** 0 or more */
  readonly taxPercent: string | null
}

/** What the totals of a group of lines are computed from. */
export interface PricedGroup {
  readonly name: string
  /** 0 to 100 */
  readonly discountPercent: string | null
}

/** The amounts of a line, all in whole smallest units of the currency. */
export interface LineTotals {
  /** Quantity times unit price. */
  readonly amount: string
  /** The amount less the discount on the line. */
  readonly total: string
  /** The total less the line's parts of the discounts on its group and on the quote. */
  readonly net: string
  /** Tax on the net amount. */
  readonly tax: string
}

/** The amounts of a group of lines. */
export interface GroupTotals {
  /** Sum of the totals of the lines in the group. */
  readonly subtotal: string
  readonly discount: string
  readonly total: string
}

/** The amounts of a quote, of its lines and of its groups, in the order in which these were given. */
export interface QuoteTotals {
  /** Sum of the totals of all lines. */
  readonly subtotal: string
  /** Discounts on groups and on the quote. */
  readonly discount: string
  /** The subtotal less the discount: the sum of the net amounts of the lines. */
  readonly net: string
  /** Sum of the taxes of the lines. */
  readonly tax: string
  /** The net amount and the tax. */
  readonly total: string
  readonly lines: readonly LineTotals[]
  readonly groups: readonly GroupTotals[]
}

/**
 * Computes the amounts of a quote. Each amount that comes of a multiplication (amount of a line, discounts, tax) is
 * rounded once to the smallest unit of the currency, halves away from zero; all other amounts are sums and differences of
 * rounded ones. A discount on a group, and the discount on the quote, is split among its lines by the method of the
 * largest remainder, in proportion to what is left of them, so that the lines always add up to the totals.
 * @param currency ISO 4217 code
 * @param discountPercent Discount on the whole quote, 0 to 100, which is taken off after the discounts on groups.
 */
export function quoteTotals(
  currency: string,
  lines: readonly PricedLine[],
  groups: readonly PricedGroup[],
  discountPercent: string | null,
): QuoteTotals {
  const share = (amount: string, percent: string | null) => percentOf(amount, percent, currency)
  const own = lines.map((line) => {
    const amount = roundMoney(multiplyDecimals([line.quantity, line.unitPrice]), currency)
    return { amount, total: subtractDecimals(amount, share(amount, line.discountPercent)) }
  })
  const left = own.map(({ total }) => total)
  const groupTotals = groups.map((group) => {
    const members = lines.flatMap(({ groupName }, index) => (groupName === group.name ? [index] : []))
    const subtotal = sumDecimals(members.map((index) => left[index] ?? '0'))
    const discount = share(subtotal, group.discountPercent)
    takeOff(left, members, discount, currency)
    return { subtotal, discount, total: subtractDecimals(subtotal, discount) }
  })
  const subtotal = sumDecimals(own.map(({ total }) => total))
  const ofGroups = sumDecimals(groupTotals.map(({ discount }) => discount))
  const ofQuote = share(subtractDecimals(subtotal, ofGroups), discountPercent)
  takeOff(left, [...lines.keys()], ofQuote, currency)
  const taxes = lines.map(({ taxPercent }, index) => share(left[index] ?? '0', taxPercent))
  const discount = sumDecimals([ofGroups, ofQuote])
  const net = subtractDecimals(subtotal, discount)
  const tax = sumDecimals(taxes)
  return {
    subtotal,
    discount,
    net,
    tax,
    total: sumDecimals([net, tax]),
    lines: own.map((line, index) => ({ ...line, net: left[index] ?? '0', tax: taxes[index] ?? '0' })),
    groups: groupTotals,
  }
}

/** Returns a percentage of an amount, rounded to the smallest unit of the currency, halves away from zero. */
function percentOf(amount: string, percent: string | null, currency: string): string {
  return percent === null ? '0.00' : roundMoney(multiplyDecimals([amount, percent, '0.01']), currency)
}

/** Takes a discount off the amounts at some indices of a list, in proportion to these amounts. */
function takeOff(amounts: string[], indices: readonly number[], discount: string, currency: string): void {
  if (compareDecimals(discount, '0') === 0) return
  const parts = allocateMoney(
    discount,
    indices.map((index) => amounts[index] ?? '0'),
    currency,
  )
  for (const [place, index] of indices.entries())
    amounts[index] = subtractDecimals(amounts[index] ?? '0', parts[place] ?? '0')
}
