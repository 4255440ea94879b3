import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { type ExplainedPrice, explainPrice } from './explain-price.ts'
import { findPrices, type PricedProduct, type PriceTerms } from './find-prices.ts'

/** What a price tells of: whoever may not read one of these fields of all visible records could learn it by prices. */
const PRICE_FIELDS = [
  ['Product', 'isActive'],
  ['PriceBook', 'name', 'currency', 'isDefault', 'isActive', 'validFrom', 'validTo', 'parent'],
  ['PriceBookEntry', 'product', 'priceBook', 'unitPrice', 'minimumQuantity', 'validFrom', 'validTo'],
] as const
const ACCOUNT_FIELDS = [['AccountPriceBook', 'account', 'priceBook', 'currency']] as const

/**
 * Throws FORBIDDEN unless the caller may read all that a price tells of.
 * @param what What the prices are for, for the message.
 */
export function requirePriceFields(
  { requireRead }: PluginContext,
  { accountId }: Pick<PriceTerms, 'accountId'>,
  what: string,
): void {
  requireRead(accountId ? [...PRICE_FIELDS, ...ACCOUNT_FIELDS] : PRICE_FIELDS, what)
}

/**
 * Returns the price of one unit of each product, with the steps that led to it, as `priceFor` answers it: in the order of
 * the products, and by one statement. A price is null where the caller sees none; the last step says why.
 * @param what What the prices are for, for the message.
 * @throws GraphQLError FORBIDDEN when the caller may not read all that a price tells of.
 */
export async function pricesOf(
  context: PluginContext,
  terms: PriceTerms,
  products: readonly PricedProduct[],
  what: string,
): Promise<ExplainedPrice[]> {
  if (products.length === 0) return []
  requirePriceFields(context, terms, what)
  const found = await findPrices(context, terms, products)
  return products.flatMap((product, index) => {
    const prices = found[index]
    return prices ? [explainPrice({ ...terms, ...product }, prices)] : []
  })
}
