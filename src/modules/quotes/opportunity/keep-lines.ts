import { mustSucceed } from '../../../platform/declare/must-succeed.ts'
import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { compareDecimals, multiplyDecimals, roundDecimal, subtractDecimals } from '../../../platform/formats/decimal.ts'

/**
 * Keeps the lines of an opportunity, and with them its amount, in step with its primary quote. The opportunity is written
 * as the caller: who writes a primary quote with lines needs to be allowed to update the opportunity.
 */
export const keepLines = defineRule({
  name: 'quotes.keepLines',
  description: 'The lines and the amount of an opportunity follow its primary quote, without taxes.',
  object: 'Quote',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async after({ id, before, values, items }, { records, unrestricted }) {
    const { isPrimary, opportunityId } = { ...before, ...values }
    const becomesPrimary = isPrimary && !before?.isPrimary
    if (!isPrimary || !opportunityId || (!becomesPrimary && !items.has('lines'))) return
    const lines = await unrestricted.prisma.quoteLine.findMany({ where: { quoteId: id }, orderBy: { position: 'asc' } })
    // A new quote without lines says nothing of what the customer may buy.
    if (lines.length === 0) return
    mustSucceed(
      // `string`: the types of inputs do not know amounts of money in items.
      await records.update<string, Readonly<Record<string, unknown>>>('Opportunity', opportunityId, {
        lines: lines.map(({ productId, description, currency, quantity, unitPriceAmount, netAmount }) => ({
          productId,
          description,
          quantity: String(quantity),
          unitPrice: { amount: String(unitPriceAmount), currency },
          discount: discountOf(String(quantity), String(unitPriceAmount), String(netAmount), currency),
        })),
      }),
    )
  },
})

/**
 * Returns the discount that makes the total of a line of an opportunity, `quantity × unitPrice − discount` rounded to the
 * smallest unit of the currency, the net amount of the line of the quote. It has four decimal places, as many as are
 * stored: what they leave out is less than half a unit, and the rounding removes it. Null where there is none: then only
 * the rounding tells the two apart.
 */
export function discountOf(quantity: string, unitPrice: string, net: string, currency: string) {
  const amount = subtractDecimals(roundDecimal(multiplyDecimals([quantity, unitPrice]), 4), net)
  return compareDecimals(amount, '0') > 0 ? { amount, currency } : null
}
