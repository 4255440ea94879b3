import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { pricesOf } from '../../products/index.ts'
import { hasPrice, type LineDraft, type PricedLine } from './line-draft.ts'

/** The lines of one opportunity, and what decides their prices. */
export interface LinesToPrice {
  readonly lines: readonly LineDraft[]
  readonly accountId: string | null
  /** Null for the currency of the price book of the account, or the default currency of the workspace. */
  readonly currency: string | null
}

/** A line with its price, or why there is none. */
export type PricedOrNot = PricedLine | { readonly problem: string }

/**
 * Returns each line with a price: its own, or the one that `priceFor` answers for today. Lines of opportunities with the
 * same account and currency are looked up by one statement.
 * @throws GraphQLError FORBIDDEN when a price is to be looked up and the caller may not read prices.
 */
export async function pricesOfLines(
  context: PluginContext,
  opportunities: readonly LinesToPrice[],
): Promise<ReadonlyMap<LineDraft, PricedOrNot>> {
  const priced = new Map<LineDraft, PricedOrNot>()
  const lacking = opportunities.flatMap(({ lines, ...terms }) =>
    lines.flatMap((line) => (hasPrice(line) ? [] : [{ line, ...terms }])),
  )
  for (const { lines } of opportunities) for (const line of lines) if (hasPrice(line)) priced.set(line, line)
  for (const group of Map.groupBy(lacking, ({ accountId, currency }) => `${accountId} ${currency}`).values()) {
    const [first] = group
    if (!first) continue
    const { accountId, currency } = first
    const terms = { accountId, currency, priceBookId: null, on: context.today }
    const found = await pricesOf(
      context,
      terms,
      group.map(({ line }) => line),
      'A line without unitPrice',
    )
    for (const [index, { line }] of group.entries()) {
      const price = found[index]
      priced.set(
        line,
        price?.unitPrice
          ? { ...line, unitPrice: price.unitPrice.amount, currency: price.currency }
          : { problem: price?.steps.map(({ description }) => description).join(' ') ?? '' },
      )
    }
  }
  return priced
}
