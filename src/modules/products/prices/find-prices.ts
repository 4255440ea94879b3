import { hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { PRICE_BOOK_LEVELS } from './price-rules.ts'

/** What prices are asked for. Ids are uuids; null when the request names none. */
export interface PriceTerms {
  readonly accountId: string | null
  readonly priceBookId: string | null
  readonly currency: string | null
  readonly on: string
}

/** A product whose price is asked for. */
export interface PricedProduct {
  readonly productId: string
  readonly quantity: string
}

export type PriceRequest = PriceTerms & PricedProduct

/** What was found of the records in a request, and the currency in which the price is looked for. */
export interface PriceFacts {
  readonly productFound: boolean
  /** Null when the product was not found. */
  readonly isForSale: boolean | null
  readonly accountFound: boolean
  readonly priceBookFound: boolean
  /** Currency of the price book that the request names, or null. */
  readonly chosenCurrency: string | null
  readonly currency: string
}

/** A price book in which the price is looked for, with the price that it has. */
export interface TriedPriceBook {
  readonly bookId: string
  readonly name: string
  /** Why the price book is tried. */
  readonly role: 'ACCOUNT' | 'CHOSEN' | 'PARENT' | 'DEFAULT'
  readonly isActive: boolean
  readonly validFrom: string | null
  readonly validTo: string | null
  /** Whether the day is within the period of the price book. */
  readonly isValid: boolean
  /** The price, whether or not the price book is used; null when there is none. */
  readonly entryId: string | null
  readonly amount: string | null
  readonly minimumQuantity: string | null
  /** Whether the price book has a price of the product for any quantity and any day. */
  readonly hasEntries: boolean
  /** Least quantity for which the price book has a price on the day; null when there is none. */
  readonly leastQuantity: string | null
}

/** What the caller may see of the price books that apply to a request, in the order in which they are tried. */
export interface FoundPrices {
  readonly facts: PriceFacts
  readonly tried: readonly TriedPriceBook[]
}

/** A row of the statement: a price book in which the price of a product is looked for. */
interface FoundRow extends Record<string, unknown> {
  /** Place of the product among those that are asked for, from 1. */
  readonly place: number
  readonly facts: PriceFacts
  readonly tried: TriedPriceBook | null
}

/**
 * Reads what decides the prices of products, in one statement: only what is visible to the caller. Returns what was found for
 * each product, in their order.
 */
export async function findPrices(
  context: Pick<PluginContext, 'sees' | 'transaction'>,
  terms: PriceTerms,
  products: readonly PricedProduct[],
): Promise<FoundPrices[]> {
  if (products.length === 0) return []
  const rows = await context.transaction.query<FoundRow>(statement(context, terms, products))
  return [...Map.groupBy(rows, ({ place }) => place).values()].map((found) => {
    const [first] = found
    if (!first) throw new Error('The statement returns a row for every product.')
    return { facts: first.facts, tried: found.flatMap(({ tried }) => tried ?? []) }
  })
}

/**
 * SQL, because a chain of parents of any length is one recursive query here, and because the greatest minimum quantity in
 * each price book is one range of an index.
 */
function statement(
  context: Pick<PluginContext, 'sees' | 'transaction'>,
  terms: PriceTerms,
  products: readonly PricedProduct[],
): Sql {
  const { sees } = context
  const { accountId, priceBookId, currency } = terms
  // hiddenFromPlanner: PostgreSQL's statistics do not contain a new workspace yet. If the planner saw its id, it could read all
  // prices of the workspace instead of those of the product.
  const ws = hiddenFromPlanner(context.transaction.workspaceId)
  const wished = sql`${currency}::text`
  const usable = (alias: Sql, object: string) =>
    sql`${alias}.workspace_id = ${ws} and ${alias}.deleted_at is null and ${sees(object, alias)}`
  const accountExists = sql`exists (select from accounts x where x.id = ${accountId}::uuid and ${usable(sql`x`, 'Account')})`
  const product = sql`products p where p.id = asked.product_id and ${usable(sql`p`, 'Product')}`
  const start = priceBookId
    ? sql`select b.id, b.parent_id, b.currency::text from price_books b where b.id = ${priceBookId}::uuid and ${usable(sql`b`, 'PriceBook')}`
    : sql`select b.id, b.parent_id, b.currency::text from account_price_books u join price_books b on b.id = u.price_book_id and ${usable(sql`b`, 'PriceBook')}
        where u.account_id = ${accountId}::uuid and ${usable(sql`u`, 'AccountPriceBook')} and ${accountExists}
          and (${wished} is null or u.currency = ${wished})
        order by b.currency <> (select default_currency from workspaces where id = ${ws}), b.currency limit 1`
  return sql`with recursive asked(place, product_id, quantity) as (
      select a.place::int, a.product_id, a.quantity
      from unnest(${products.map(({ productId }) => productId)}::uuid[], ${products.map(({ quantity }) => quantity)}::numeric[])
        with ordinality as a (product_id, quantity, place)
    ),
    start as (${start}),
    wanted as (
      select coalesce(${wished}, (select currency from start), (select default_currency::text from workspaces where id = ${ws})) as currency
    ),
    chain as (
      select id, parent_id, 1 as level from start
      union all
      select up.id, up.parent_id, chain.level + 1 from chain cross join lateral (
        select p.id, p.parent_id from price_books p where p.id = chain.parent_id and ${usable(sql`p`, 'PriceBook')} offset 0
      ) up where chain.level < ${PRICE_BOOK_LEVELS}::int
    ),
    tried as (
      select id, level, case when level > 1 then 'PARENT' else ${priceBookId ? 'CHOSEN' : 'ACCOUNT'}::text end as role from chain
      union all
      select d.id, ${PRICE_BOOK_LEVELS + 1}::int, 'DEFAULT' from price_books d
        where d.is_default and d.currency = (select currency from wanted) and ${usable(sql`d`, 'PriceBook')} and d.id not in (select id from chain)
    )
    select asked.place, jsonb_build_object('currency', wanted.currency, 'productFound', exists (select from ${product}),
      'isForSale', (select p.is_active from ${product}), 'accountFound', ${accountExists}, 'priceBookFound', exists (select from start),
      'chosenCurrency', ${priceBookId ? sql`(select currency from start)` : sql`null::text`}) as facts, book.tried
    from asked cross join wanted left join (${triedBooks(terms, usable)}) book on book.place = asked.place order by asked.place, book.level`
}

function triedBooks({ on }: PriceTerms, usable: (alias: Sql, object: string) => Sql): Sql {
  const day = sql`${on}::date`
  const within = (alias: Sql) =>
    sql`coalesce(${alias}.valid_from <= ${day}, true) and coalesce(${alias}.valid_to >= ${day}, true)`
  const entriesOf = sql`price_book_entries e where e.price_book_id = b.id and e.product_id = asked.product_id
    and ${usable(sql`e`, 'PriceBookEntry')}`
  return sql`select asked.place, t.level, jsonb_build_object(
      'bookId', b.id, 'name', b.name, 'role', t.role, 'isActive', b.is_active, 'validFrom', b.valid_from, 'validTo', b.valid_to,
      'isValid', ${within(sql`b`)}, 'entryId', entry.id, 'amount', entry.amount, 'minimumQuantity', entry.minimum,
      'hasEntries', coverage.has_entries, 'leastQuantity', coverage.least
    ) as tried
    from asked cross join tried t join price_books b on b.id = t.id and ${usable(sql`b`, 'PriceBook')}
    left join lateral (
      select e.id, e.unit_price_amount::text as amount, trim_scale(e.minimum_quantity)::text as minimum
      from ${entriesOf} and e.minimum_quantity <= asked.quantity and ${within(sql`e`)}
      order by e.minimum_quantity desc limit 1
    ) entry on true
    cross join lateral (
      select count(*) > 0 as has_entries, trim_scale(min(e.minimum_quantity) filter (where ${within(sql`e`)}))::text as least
      from ${entriesOf}
    ) coverage`
}
