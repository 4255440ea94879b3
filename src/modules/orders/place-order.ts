import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { contextOfModule } from '../../platform/request/plugin-work.ts'
import { nextNumber } from '../../platform/writes/next-number.ts'

/** What is ordered, and by whom. Ids are uuids, amounts decimals as text in the currency of the order. */
export interface PlacedOrder {
  readonly opportunityId: string
  readonly accountId: string | null
  readonly ownerId: string | null
  readonly quoteId: string
  readonly quoteVersionNumber: number
  /** Who orders for the customer. */
  readonly orderedBy: string
  readonly currency: string
  readonly subtotal: string
  readonly discount: string
  readonly tax: string
  readonly total: string
  readonly lines: readonly PlacedLine[]
}

/** A line of what is ordered. */
export interface PlacedLine {
  readonly productId: string
  readonly name: string
  readonly sku: string
  readonly groupName: string | null
  readonly description: string | null
  readonly quantity: string
  readonly unit: string | null
  readonly unitPrice: string
  readonly discountPercent: string | null
  readonly taxPercent: string | null
  readonly total: string
  readonly net: string
  readonly tax: string
}

/**
 * Makes an order of what a customer has accepted, in the transaction of the context, and returns its uuid. A quote has one
 * order at most: the database refuses a second one.
 */
export async function placeOrder(context: PluginContext, placed: PlacedOrder): Promise<string> {
  const { records, transaction, today, newId } = contextOfModule(context, 'orders')
  const { lines, subtotal, discount, tax, total, ...facts } = placed
  const id = newId()
  const number = `O-${String(await nextNumber(transaction, 'Order')).padStart(5, '0')}`
  const order = await records.insert('Order', {
    ...facts,
    id,
    number,
    orderedOn: today,
    subtotalAmount: subtotal,
    discountAmount: discount,
    taxAmount: tax,
    totalAmount: total,
  })
  const written = await records.insertMany(
    'OrderLine',
    lines.map(({ unitPrice, total: lineTotal, net, tax: lineTax, ...line }, index) => ({
      ...line,
      orderId: id,
      position: index + 1,
      currency: facts.currency,
      unitPriceAmount: unitPrice,
      totalAmount: lineTotal,
      netAmount: net,
      taxAmount: lineTax,
    })),
  )
  const errors = [order, ...written].flatMap(({ userErrors }) => userErrors)
  if (errors[0]) throw new Error(`The order of the quote can’t be made: ${errors[0].message}`)
  return id
}
