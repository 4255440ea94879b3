import { acceptQuote } from '../modules/quotes/index.ts'
import type { PluginContext } from '../platform/declare/plugin-context.ts'
import { encodeId } from '../platform/declare/record-id.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createAll, createMissing } from './records.ts'
import type { DemoOpportunity } from './slice.ts'

/** Number of quotes of the workspace from which no more are added: each takes several acts. */
const ENOUGH = 40

const DAY_MS = 86_400_000

/** What happens to a quote after it was created. */
type Step = 'submit' | 'send' | 'revise' | 'decline' | 'recall' | 'accept' | 'expire'

/** A quote for a deal, and what happens to it. */
interface Path {
  readonly steps: readonly Step[]
  /** In percent. */
  readonly discount: string
  /** Place of the deal among those of its stage. Default: the place of the path. */
  readonly deal?: number
  /** Days before now on which it was written and sent. */
  readonly age?: number
}

/** Days for which a quote is valid. */
const VALID_DAYS = 30

/** The quotes for the first deals of a slice in each stage. */
const PATHS: Readonly<Record<string, readonly Path[]>> = {
  Qualification: [{ steps: [], discount: '0' }],
  'Needs analysis': [{ steps: ['submit'], discount: '30' }],
  Proposal: [
    { steps: ['submit', 'send'], discount: '5' },
    { steps: ['submit'], discount: '10' },
    { steps: ['submit', 'send', 'expire'], discount: '6', age: 45 },
  ],
  Negotiation: [
    { steps: ['submit', 'send', 'revise', 'submit', 'send'], discount: '12.5' },
    { steps: ['submit', 'send', 'recall'], discount: '8' },
  ],
  // The acceptance of one quote of a deal supersedes the other one.
  'Closed won': [
    { steps: ['submit', 'send'], discount: '4' },
    { steps: ['submit', 'send', 'accept'], discount: '7.5', deal: 0 },
  ],
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
  if (!plugin) return
  const context = pluginContext(work, plugin)
  if ((await context.prisma.quote.count()) >= ENOUGH) return
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
      const found = deals[path.deal ?? place]
      return found ? [{ ...path, ...found }] : []
    })
  })
  for (const { deal, index, steps, discount, age = 0 } of planned) {
    const contact = slice.contactIds[deal.contacts[0]?.contact ?? 0]
    const then = { ...work, now: new Date(work.now.getTime() - age * DAY_MS) }
    const input = {
      opportunityId: slice.opportunityIds[index],
      validUntil: dayAfter(then.now, VALID_DAYS),
      discountPercent: discount,
      lines,
      terms: 'Payment within 30 days of delivery.',
    }
    const [id = ''] = await createAll(then, 'Quote', [input])
    for (const step of contact ? steps : [])
      await take(step === 'expire' ? context : pluginContext(then, plugin), step, id, contact ?? '')
  }
}

async function take(context: PluginContext, step: Step, id: string, toContactId: string): Promise<void> {
  const { records } = context
  const quote = await records.get('Quote', id)
  const versionNumber = quote?.versionNumber ?? 1
  const accept = async () => {
    const contact = await records.get('Contact', toContactId)
    const acceptedBy = [contact?.firstName, contact?.lastName].join(' ').trim()
    return acceptQuote.run({ id, version: quote?.version, versionNumber, acceptedBy }, context)
  }
  const { userErrors } = await {
    submit: () => records.act('submitQuote', id),
    send: () => records.act('sendQuote', id, { toContactId }),
    revise: () => records.act('reviseQuote', id),
    decline: () => records.act('declineQuote', id, { versionNumber, reason: 'Too expensive.' }),
    recall: () => records.act('recallQuote', id, { reason: 'Wrong quantities.' }),
    expire: () => records.patch('Quote', id, { status: 'EXPIRED' }),
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
  return new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)
}
