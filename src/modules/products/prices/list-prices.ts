import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { explainPrice } from './explain-price.ts'
import { findPrices, type PricedProduct, type PriceTerms } from './find-prices.ts'

/**
 * Returns the price of one unit of each product by the price books, whoever asks: in the order of the products, by one
 * statement; null where there is none. For figures that must not depend on the caller, such as the discount that an
 * approval is about. What the caller gets to see must not tell the prices.
 */
export async function listPricesOf(
  { transaction }: PluginContext,
  terms: PriceTerms,
  products: readonly PricedProduct[],
): Promise<(string | null)[]> {
  const found = await findPrices({ transaction, sees: () => sql`true` }, terms, products)
  return products.map((product, index) => {
    const prices = found[index]
    return prices ? (explainPrice({ ...terms, ...product }, prices).unitPrice?.amount ?? null) : null
  })
}
