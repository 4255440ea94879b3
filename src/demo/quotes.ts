import { acceptQuote } from '../modules/quotes/index.ts'
import type { PluginContext } from '../platform/declare/plugin-context.ts'
import { encodeId } from '../platform/declare/record-id.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createAll, createMissing } from './records.ts'
import type { DemoOpportunity } from './slice.ts'

/** Number of quotes of the workspace from which no more are added: each takes several acts. */
const ENOUGH = 40

/** What happens to a quote after it was created. */
type Step = 'submit' | 'send' | 'revise' | 'decline' | 'recall' | 'accept'

/** What happens to the quotes for the first deals of a slice in each stage, and their discounts in percent. */
const PATHS: Readonly<Record<string, readonly { readonly steps: readonly Step[]; readonly discount: string }[]>> = {
  Qualification: [{ steps: [], discount: '0' }],
  'Needs analysis': [{ steps: ['submit'], discount: '30' }],
  Proposal: [
    { steps: ['submit', 'send'], discount: '5' },
    { steps: ['submit'], discount: '10' },
  ],
  Negotiation: [
    { steps: ['submit', 'send', 'revise', 'submit', 'send'], discount: '12.5' },
    { steps: ['submit', 'send', 'recall'], discount: '8' },
  ],
  'Closed won': [{ steps: ['submit', 'send', 'accept'], discount: '7.5' }],
  'Closed lost': [{ steps: ['submit', 'send', 'decline'], discount: '3' }],
}

/** What a slice has for its quotes. Ids are record ids, in the order of the records in the slice. */
export interface QuotedSlice {
  readonly opportunities: readonly DemoOpportunity[]
  readonly opportunityIds: readonly string[]
  readonly contactIds: readonly string[]
  readonly userIds: readonly string[]
}

/** Writes quotes for some deals of a slice in all states, with two approval policies, until the workspace has enough. */
export async function writeQuotes(work: UnitOfWork, slice: QuotedSlice): Promise<void> {
  const { registry, pluginContext } = work.context.runtime
  const plugin = registry.plugins.find(({ id }) => id === 'quotes')
  const context = plugin ? pluginContext(work, plugin) : null
  if (!context || (await context.prisma.quote.count()) >= ENOUGH) return
  await writePolicies(work, context, slice.userIds)
  const products = await context.prisma.product.findMany({ where: { kind: 'GOODS' }, orderBy: { sku: 'asc' }, take: 3 })
  const lines = products.map(({ id }, index) => ({
    productId: encodeId('product', id),
    quantity: String(4 + 3 * index),
    taxPercent: '19',
  }))
  const planned = Object.entries(PATHS).flatMap(([stage, paths]) => {
    const deals = slice.opportunities.flatMap((deal, index) => (deal.stage === stage ? [{ deal, index }] : []))
    return paths.flatMap((path, place) => {
      const found = deals[place]
      return found ? [{ ...found, ...path }] : []
    })
  })
  const inputs = planned.map(({ index, discount }) => ({
    opportunityId: slice.opportunityIds[index],
    validUntil: dayAfter(work.now, 30),
    discountPercent: discount,
    lines,
    terms: 'Payment within 30 days of delivery.',
  }))
  const ids = await createAll(work, 'Quote', inputs)
  for (const [place, { deal, steps }] of planned.entries()) {
    const contact = slice.contactIds[deal.contacts[0]?.contact ?? 0]
    for (const step of contact ? steps : []) await take(context, step, ids[place] ?? '', contact ?? '')
  }
}

async function take(context: PluginContext, step: Step, id: string, toContactId: string): Promise<void> {
  const { records } = context
  const quote = await records.get('Quote', id)
  const versionNumber = quote?.versionNumber ?? 1
  const accept = () =>
    acceptQuote.run({ id, version: quote?.version, versionNumber, acceptedBy: 'The buyer of the customer' }, context)
  const { userErrors } = await {
    submit: () => records.act('submitQuote', id),
    send: () => records.act('sendQuote', id, { toContactId }),
    revise: () => records.act('reviseQuote', id),
    decline: () => records.act('declineQuote', id, { versionNumber, reason: 'Too expensive.' }),
    recall: () => records.act('recallQuote', id, { reason: 'Wrong quantities.' }),
    accept,
  }[step]()
  const [error] = userErrors
  if (error) throw new Error(`Demonstration data was refused at ${step} of a quote: ${error.message}`)
}

/** Writes an approval policy for large discounts, which also asks about those of administrators, and one for margins. */
async function writePolicies(work: UnitOfWork, { actor }: PluginContext, userIds: readonly string[]): Promise<void> {
  const approver = userIds.find((id) => id !== encodeId('user', actor.id))
  await createMissing(work, 'QuoteApprovalPolicy', [
    {
      name: 'Large discounts',
      description: 'Discounts of more than 25 % are decided by a second person.',
      filter: { totalDiscountPercent: { gt: '25' } },
      appliesWithinAuthority: approver !== undefined,
      steps: approver ? [{ kind: 'USER', userId: approver }] : [],
    },
    {
      name: 'Low margins',
      description: 'Margins below 15 %, or that are not known.',
      filter: { OR: [{ marginPercent: { lt: '15' } }, { marginPercent: { isNull: true } }] },
      steps: [{ kind: 'AUTHORITY' }],
    },
  ])
}

function dayAfter(now: Date, days: number): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10)
}
