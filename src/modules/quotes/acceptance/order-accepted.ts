import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { decodeRecordId } from '../../../platform/declare/record-id.ts'
import { placeOrder } from '../../orders/index.ts'
import { orderedContent } from './ordered-content.ts'

/**
 * Makes the order of an accepted version of a quote, from the content that was sent: whatever the quote, its products and
 * prices are today. Returns the uuid of the order.
 */
export async function orderAccepted(
  context: PluginContext,
  quoteId: string,
  versionNumber: number,
  orderedBy: string,
): Promise<string> {
  const { content, quote } = await context.unrestricted.prisma.quoteVersion.findFirstOrThrow({
    where: { quoteId, number: versionNumber },
    select: { content: true, quote: { select: { opportunityId: true, accountId: true, ownerId: true } } },
  })
  const { lines, currency, subtotal, discount, tax, total } = orderedContent.parse(content)
  return placeOrder(context, {
    ...quote,
    quoteId,
    quoteVersionNumber: versionNumber,
    orderedBy,
    currency,
    subtotal,
    discount,
    tax,
    total,
    lines: lines.map(({ product, group, ...line }) => ({
      ...line,
      productId: productUuid(product.id),
      name: product.name,
      sku: product.sku,
      unit: product.unit,
      groupName: group,
    })),
  })
}

function productUuid(id: string): string {
  const uuid = decodeRecordId(id, 'product')
  if (uuid === null) throw new Error(`${id} in the content of a version is no id of a product.`)
  return uuid
}
