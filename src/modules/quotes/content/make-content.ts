import { encodeId } from '../../../platform/declare/record-id.ts'
import { compareDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import type { GivenGroup, PricedLine } from '../pricing/quote-lines.ts'
import type { QuoteTotals } from '../pricing/totals.ts'
import type { ContentTax, QuoteContent } from './content.ts'

/** What the content of a quote is made of. Ids are uuids. */
export interface ContentSource {
  readonly number: string
  readonly name: string
  readonly currency: string
  readonly validUntil: string | null
  readonly account: { readonly id: string; readonly name: string } | null
  readonly lines: readonly PricedLine[]
  readonly groups: readonly GivenGroup[]
  readonly discountPercent: string | null
  readonly terms: string | null
  readonly totals: QuoteTotals
}

/** Returns the content of a quote: all that the customer gets to see. */
export function contentOf(source: ContentSource): QuoteContent {
  const { number, name, currency, validUntil, account, terms, totals } = source
  return {
    number,
    name,
    currency,
    validUntil,
    account: account && { id: encodeId('account', account.id), name: account.name },
    lines: source.lines.map((line, index) => {
      const { amount, total, net, tax } = totals.lines[index] ?? NOTHING
      return {
        product: { id: encodeId('product', line.productId), name: line.productName, sku: line.sku, unit: line.unit },
        description: line.description,
        group: line.groupName,
        quantity: plain(line.quantity),
        unitPrice: plain(line.unitPrice),
        discountPercent: percent(line.discountPercent),
        taxPercent: percent(line.taxPercent),
        amount,
        total,
        net,
        tax,
      }
    }),
    groups: source.groups.map((group, index) => ({
      name: group.name,
      discountPercent: percent(group.discountPercent),
      subtotal: totals.groups[index]?.subtotal ?? '0.00',
      discount: totals.groups[index]?.discount ?? '0.00',
      total: totals.groups[index]?.total ?? '0.00',
    })),
    discountPercent: percent(source.discountPercent),
    subtotal: totals.subtotal,
    discount: totals.discount,
    net: totals.net,
    taxes: taxesOf(source),
    tax: totals.tax,
    total: totals.total,
    terms,
  }
}

const NOTHING = { amount: '0.00', total: '0.00', net: '0.00', tax: '0.00' }

/** Returns a decimal without trailing zeros, so that equal numbers have equal texts. */
const plain = (decimal: string) => sumDecimals([decimal])

const percent = (value: string | null) => (value === null ? null : plain(value))

function taxesOf({ lines, totals }: ContentSource): ContentTax[] {
  const taxed = lines.flatMap(({ taxPercent }, index) =>
    taxPercent === null ? [] : [{ percent: plain(taxPercent), ...(totals.lines[index] ?? NOTHING) }],
  )
  return [...Map.groupBy(taxed, (line) => line.percent)]
    .map(([rate, members]) => ({
      percent: rate,
      net: sumDecimals(members.map(({ net }) => net)),
      tax: sumDecimals(members.map(({ tax }) => tax)),
    }))
    .toSorted((one, other) => compareDecimals(one.percent, other.percent))
}
