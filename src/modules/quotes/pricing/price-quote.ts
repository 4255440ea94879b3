import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { nextNumber } from '../../../platform/writes/next-number.ts'
import { contentHash } from '../content/content-hash.ts'
import { contentOf } from '../content/make-content.ts'
import { lineErrors, sizeErrors } from './line-errors.ts'
import { priceLines } from './price-lines.ts'
import { accountName, opportunityFacts } from './quote-header.ts'
import { type GivenGroup, type GivenLine, givenGroup, givenLine } from './quote-lines.ts'
import { groupRow, lineRow, totalColumns } from './quote-rows.ts'
import { quoteTotals } from './totals.ts'

type Write = TypedWrite<'Quote'>

/** Columns that the customer gets to see, and that clients write. */
const CONTENT = ['name', 'validUntil', 'discountPercent', 'terms'] as const

/** Whether a write may change what the customer gets to see. */
export function writesContent({ kind, values, items }: Write): boolean {
  return kind === 'create' || items.size > 0 || CONTENT.some((name) => values[name] !== undefined)
}

/**
 * The only place that computes the amounts of a quote, its content and the hash of it: for creates, also by a bulk
 * mutation, and for each update that changes what the customer gets to see.
 */
export const priceQuote = defineRule({
  name: 'quotes.price',
  description:
    'Looks up the prices of lines that have none, and computes the amounts of a quote, its discount and margin, its content and the hash of the content.',
  object: 'Quote',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    if (!writesContent(write)) return undefined
    const header = await headerOf(write, context)
    const { currency, accountId } = header
    const { lines, groups } = await partsOf(write, context)
    const refusals = lineErrors(lines, groups, currency)
    if (refusals.length > 0) return { refusals }
    const priced = await priceLines(context, { accountId, currency, areNew: write.items.has('lines') }, lines)
    if ('refusals' in priced) return priced
    const totals = quoteTotals(currency, priced.lines, groups, header.discountPercent)
    const tooLarge = sizeErrors(totals)
    if (tooLarge.length > 0) return { refusals: tooLarge }
    // Last, because a number is used up also when the quote is refused afterwards.
    const number = write.before?.number ?? (await quoteNumber(context))
    const account = accountId === null ? null : { id: accountId, name: await accountName(context, accountId) }
    const content = contentOf({ ...header, number, account, lines: priced.lines, groups, totals })
    const hash = contentHash(content)
    // A stored content has its keys in another order: it is left as it is where the hash says that it is the same.
    const changed = hash === write.before?.contentHash ? {} : { content, contentHash: hash }
    return {
      patch: { ...header.columns, number, ...totalColumns(priced.lines, totals), ...changed },
      items: {
        lines: priced.lines.map((line, index) => lineRow(line, totals.lines[index])),
        groups: groups.map((group, index) => groupRow(group, currency, totals.groups[index])),
      },
    }
  },
})

/** Returns the values of the quote itself after the write, and the columns that a new quote takes over. */
async function headerOf({ before, values }: Write, context: PluginContext) {
  const after = { ...before, ...values }
  const own = {
    validUntil: after.validUntil ?? null,
    discountPercent: after.discountPercent ?? null,
    terms: after.terms ?? null,
  }
  if (before) {
    const { currency, accountId } = before
    return { ...own, name: String(after.name), currency, accountId, columns: {} }
  }
  const opportunity = await opportunityFacts(context, String(values.opportunityId))
  const { accountId } = opportunity
  const name = values.name ?? opportunity.name
  const currency = values.currency ?? opportunity.currency
  const isOwned = values.ownerId !== undefined || context.actor.kind !== 'USER'
  const owner = isOwned ? {} : { ownerId: context.actor.id }
  return {
    ...own,
    name,
    currency,
    accountId,
    columns: { name, currency, accountId, isPrimary: !opportunity.hasPrimary, ...owner },
  }
}

/** Returns the lines and groups of the quote after the write: those that the client sent, or the stored ones. */
async function partsOf(
  { id, before, items }: Write,
  { unrestricted: { prisma } }: PluginContext,
): Promise<{ readonly lines: readonly GivenLine[]; readonly groups: readonly GivenGroup[] }> {
  const stored = { where: { quoteId: id }, orderBy: { position: 'asc' } } as const
  const lines = items.get('lines') ?? (before ? await prisma.quoteLine.findMany(stored) : [])
  const groups = items.get('groups') ?? (before ? await prisma.quoteLineGroup.findMany(stored) : [])
  return { lines: lines.map(givenLine), groups: groups.map(givenGroup) }
}

async function quoteNumber({ transaction }: PluginContext): Promise<string> {
  return `Q-${String(await nextNumber(transaction, 'Quote')).padStart(5, '0')}`
}
