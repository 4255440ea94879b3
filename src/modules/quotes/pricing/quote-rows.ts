import type { Values } from '../../../platform/declare/rules/values.ts'
import type { GivenGroup, PricedLine } from './quote-lines.ts'
import { marginPercent, totalDiscountPercent } from './rates.ts'
import type { GroupTotals, LineTotals, QuoteTotals } from './totals.ts'

/** Returns the column values of a line. */
export function lineRow(line: PricedLine, totals: LineTotals | undefined): Values {
  return {
    productId: line.productId,
    groupName: line.groupName,
    description: line.description,
    quantity: line.quantity,
    unitPriceAmount: line.unitPrice,
    currency: line.currency,
    discountPercent: line.discountPercent,
    taxPercent: line.taxPercent,
    listPriceAmount: line.listPrice,
    unitCostAmount: line.unitCost,
    amountAmount: totals?.amount,
    totalAmount: totals?.total,
    netAmount: totals?.net,
    taxAmount: totals?.tax,
  }
}

/** Returns the column values of a group of lines. */
export function groupRow({ name, discountPercent }: GivenGroup, currency: string, totals?: GroupTotals): Values {
  return {
    name,
    discountPercent,
    currency,
    subtotalAmount: totals?.subtotal,
    discountAmount: totals?.discount,
    totalAmount: totals?.total,
  }
}

/** Returns the column values of a quote that follow from its lines. */
export function totalColumns(lines: readonly PricedLine[], totals: QuoteTotals): Values {
  const rated = lines.map((line, index) => ({ ...line, net: totals.lines[index]?.net ?? '0.00' }))
  return {
    subtotalAmount: totals.subtotal,
    discountAmount: totals.discount,
    taxAmount: totals.tax,
    totalAmount: totals.total,
    totalDiscountPercent: totalDiscountPercent(rated),
    marginPercent: marginPercent(rated),
  }
}
