import { sql } from '../platform/data/sql.ts'
import type { Values } from '../platform/declare/rules/values.ts'
import { multiplyDecimals } from '../platform/formats/decimal.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createAll, createMissing } from './records.ts'

interface DemoProduct {
  readonly name: string
  readonly sku: string
  readonly family: string
  readonly kind: 'GOODS' | 'SERVICE' | 'BUNDLE'
  readonly unit: string
  /** List price in EUR, in whole units. */
  readonly price: number
}

/** One product a line: name, SKU, family, kind, unit and list price. */
const CATALOGUE: readonly DemoProduct[] = (
  [
    ['Desk frame, electric', 'DSK-FRM', 'Desks', 'GOODS', 'pcs', 320],
    ['Oak top 160 cm', 'TOP-OAK', 'Desks', 'GOODS', 'pcs', 210],
    ['Steel top 160 cm', 'TOP-STL', 'Desks', 'GOODS', 'pcs', 190],
    ['Castors, set of 4', 'DSK-CST', 'Desks', 'GOODS', 'set', 48],
    ['Cable tray', 'DSK-CBL', 'Desks', 'GOODS', 'pcs', 35],
    ['Desk, configured', 'DSK', 'Desks', 'BUNDLE', 'pcs', 590],
    ['Task chair', 'CHR-TSK', 'Chairs', 'GOODS', 'pcs', 280],
    ['Meeting chair', 'CHR-MTG', 'Chairs', 'GOODS', 'pcs', 140],
    ['Desk lamp', 'LMP-DSK', 'Lighting', 'GOODS', 'pcs', 75],
    ['Office planning', 'SRV-PLN', 'Services', 'SERVICE', 'h', 110],
    ['Installation', 'SRV-INS', 'Services', 'SERVICE', 'h', 65],
    ['Maintenance', 'SRV-MNT', 'Services', 'SERVICE', 'year', 450],
  ] as const
).map(([name, sku, family, kind, unit, price]) => ({ name, sku, family, kind, unit, price }))

/** Products by SKU: the record id, and the list price in US dollars, the currency of the demo workspace. */
export type SoldProducts = ReadonlyMap<
  string,
  {
    readonly productId: string | undefined
    readonly unitPrice: { readonly amount: string; readonly currency: string }
  }
>

/**
 * Writes the catalogue with its price books, unless the workspace has it already. Every fifth of the accounts buys by the price
 * book for partners. Returns the products by their SKU.
 */
export async function writeProducts(work: UnitOfWork, accountIds: readonly string[]): Promise<SoldProducts> {
  const productIds = await writeCatalogue(work)
  const defaults = await defaultCurrencies(work)
  const year = work.now.getUTCFullYear()
  const [list, dollars] = await createMissing(work, 'PriceBook', [
    { name: 'List prices', currency: 'EUR', isDefault: !defaults.has('EUR') },
    { name: 'List prices USD', currency: 'USD', isDefault: !defaults.has('USD') },
  ])
  const [volume] = await createMissing(work, 'PriceBook', [{ name: 'Volume prices', currency: 'EUR' }])
  const [partners] = await createMissing(work, 'PriceBook', [{ name: 'Partners', currency: 'EUR', parentId: volume }])
  const buyers = accountIds.filter((_, index) => index % 5 === 0)
  await createAll(
    work,
    'AccountPriceBook',
    buyers.map((accountId) => ({ accountId, priceBookId: partners })),
  )
  const entries = CATALOGUE.flatMap(({ sku, family, kind, price }): Values[] => {
    const productId = productIds.get(sku)
    const entry = (priceBookId: string | undefined, amount: number, currency: string, rest: Values = {}) => ({
      productId,
      priceBookId,
      unitPrice: { amount: String(amount), currency },
      ...rest,
    })
    // From next year on work costs more.
    const dated =
      kind === 'SERVICE'
        ? [
            entry(list, price, 'EUR', { validTo: `${year}-12-31` }),
            entry(list, price + 5, 'EUR', { validFrom: `${year + 1}-01-01` }),
          ]
        : [entry(list, price, 'EUR')]
    const tiers =
      family === 'Chairs'
        ? [10, 50].map((quantity, tier) =>
            entry(volume, price - (tier + 1) * 15, 'EUR', { minimumQuantity: String(quantity) }),
          )
        : []
    const special = kind === 'SERVICE' ? [entry(partners, price - 10, 'EUR')] : []
    return [...dated, entry(dollars, dollarPrice(price), 'USD'), ...tiers, ...special]
  })
  if (await isWithoutPrices(work)) await createAll(work, 'PriceBookEntry', entries)
  return new Map(
    CATALOGUE.map(({ sku, price }) => [
      sku,
      { productId: productIds.get(sku), unitPrice: { amount: String(dollarPrice(price)), currency: 'USD' } },
    ]),
  )
}

/** Returns the list price in US dollars of a product with a list price in euros. */
const dollarPrice = (euros: number) => euros + 20

/** Returns the record ids of the products by SKU. */
async function writeCatalogue(work: UnitOfWork): Promise<ReadonlyMap<string, string | undefined>> {
  const inputOf = ({ price, ...product }: DemoProduct) => ({
    ...product,
    cost: { amount: multiplyDecimals([String(price), '0.55']), currency: 'USD' },
  })
  const simple = CATALOGUE.filter(({ kind }) => kind !== 'BUNDLE').map(inputOf)
  const ids = await createMissing(work, 'Product', simple)
  const byCode = new Map(simple.map(({ sku }, index) => [sku, ids[index]]))
  const bundles = CATALOGUE.filter(({ kind }) => kind === 'BUNDLE').map((product) => ({
    ...inputOf(product),
    optionGroups: [{ name: 'Top', minimum: 1, maximum: 1 }],
    options: [
      { productId: byCode.get('DSK-FRM'), isRequired: true },
      { productId: byCode.get('TOP-OAK'), groupName: 'Top', isDefault: true },
      { productId: byCode.get('TOP-STL'), groupName: 'Top' },
      { productId: byCode.get('DSK-CBL'), isDefault: true, maximumQuantity: '2' },
      { productId: byCode.get('DSK-CST') },
    ],
  }))
  const bundleIds = await createMissing(work, 'Product', bundles)
  return new Map([...byCode, ...bundles.map(({ sku }, index) => [sku, bundleIds[index]] as const)])
}

/** Returns the currencies in which the workspace has a default price book: there is no place for a second one. */
async function defaultCurrencies({ transaction }: UnitOfWork): Promise<ReadonlySet<string>> {
  const rows = await transaction.query<{ currency: string }>(
    sql`select currency from price_books where workspace_id = ${transaction.workspaceId}::uuid and is_default and deleted_at is null`,
  )
  return new Set(rows.map(({ currency }) => currency))
}

async function isWithoutPrices({ transaction }: UnitOfWork): Promise<boolean> {
  const prices = await transaction.query(
    sql`select from price_book_entries where workspace_id = ${transaction.workspaceId}::uuid limit 1`,
  )
  return prices.length === 0
}
