import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { listPricesOf, pricesOf } from '../../products/index.ts'
import type { GivenLine, PricedLine } from './quote-lines.ts'

/** For whom and in which currency lines are priced. */
export interface PricingTerms {
  readonly accountId: string | null
  readonly currency: string
  /** Whether the client sent the lines: then their products have to be for sale. */
  readonly areNew: boolean
}

type Priced = { readonly lines: readonly PricedLine[] } | { readonly refusals: readonly UserError[] }

/**
 * Gives each line its price: the one that the client gave, or else the one that the price books have for the caller. Adds
 * the list price and the cost, which discounts and margins are computed from. Three statements, whatever the number of
 * lines.
 */
export async function priceLines(
  context: PluginContext,
  { accountId, currency, areNew }: PricingTerms,
  lines: readonly GivenLine[],
): Promise<Priced> {
  if (lines.length === 0) return { lines: [] }
  const terms = { accountId, currency, priceBookId: null, on: context.today }
  const lacking = lines.filter(({ unitPrice }) => unitPrice === null)
  const prices = await pricesOf(context, terms, lacking, 'A line without unitPrice')
  const found = new Map(lacking.map((line, index) => [line, prices[index]]))
  const listPrices = await listPricesOf(context, terms, lines)
  const products = await productFacts(context, lines, currency)
  const priced: PricedLine[] = []
  const refusals: UserError[] = []
  for (const [index, line] of lines.entries()) {
    const path = ['input', 'lines', String(index)]
    const product = products.get(line.productId)
    const unitPrice = line.unitPrice ?? found.get(line)?.unitPrice?.amount ?? null
    if (!product || (areNew && !product.isActive))
      refusals.push(ruleViolation('quotes.price', [...path, 'productId'], 'The product is not for sale.'))
    else if (unitPrice === null) {
      const why = found.get(line)?.steps.map(({ description }) => description) ?? []
      refusals.push(invalid([...path, 'unitPrice'], ['There is no price of the product: send one.', ...why].join(' ')))
    } else priced.push({ ...line, ...product, unitPrice, currency, listPrice: listPrices[index] ?? null })
  }
  return refusals.length > 0 ? { refusals } : { lines: priced }
}

type ProductFacts = Pick<PricedLine, 'productName' | 'sku' | 'unit' | 'unitCost'> & { readonly isActive: boolean }

/**
 * Reads what a quote says of its products, and their costs in the currency of the quote. By SQL: the caller need not be
 * allowed to read costs, and margins have to be the same whoever writes the quote.
 */
async function productFacts(
  { transaction, convertMoney }: PluginContext,
  lines: readonly GivenLine[],
  currency: string,
): Promise<ReadonlyMap<string, ProductFacts>> {
  const ids = [...new Set(lines.map(({ productId }) => productId))]
  const rows = await transaction.query<{
    id: string
    name: string
    sku: string
    unit: string | null
    isActive: boolean
    cost: string | null
    costCurrency: string | null
  }>(sql`select id, name, sku, unit, is_active as "isActive", cost_amount::text as cost, cost_currency as "costCurrency"
    from products where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and id = any(${ids}::uuid[])`)
  const facts = new Map<string, ProductFacts>()
  for (const { id, name, sku, unit, isActive, cost, costCurrency } of rows) {
    const isForeign = cost !== null && costCurrency !== null && costCurrency !== currency
    const converted = isForeign ? await convertMoney({ amount: cost, currency: costCurrency }, currency) : null
    const unitCost = isForeign ? (converted?.amount ?? null) : cost
    facts.set(id, { productName: name, sku, unit, isActive, unitCost })
  }
  return facts
}
