import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import {
  defineSignedRoute,
  type SignedPage,
  type SignedRequest,
} from '../../../platform/declare/routes/signed-route.ts'
import { utcDay } from '../../../platform/formats/day.ts'
import { signAddress } from '../../../platform/request/sign-address.ts'
import { documentOf, type StoredDocument } from '../documents/store-document.ts'
import { readForm, type SentForm } from '../page/page-forms.ts'
import { pageWordsOf } from '../page/page-words.ts'
import { type ProposalState, proposalPage } from '../page/proposal-page.ts'
import { DOCUMENT_PATH, PROPOSAL_PATH } from './addresses.ts'
import { answerQuote } from './answer-quote.ts'
import { type SentVersion, stateOfVersion } from './proposal-state.ts'

/** Hours for which the link to the PDF on the page works: a page stays open for some time. */
const DOCUMENT_HOURS = 24

/** The page on which a customer reads a version of a quote, and accepts or declines it. */
export const proposalRoute = defineSignedRoute({
  path: PROPOSAL_PATH,
  description: 'The page on which a customer reads a version of a quote, and accepts or declines it.',
  methods: ['GET', 'POST'],
  // What `acceptQuote` and `declineQuote` do: the quote, its opportunity in the stages of the pipeline, and the order.
  permissions: [
    'quote:read',
    'quote:update',
    'opportunity:read',
    'opportunity:update',
    'stage:read',
    // The lines of the quote become those of the deal, where another quote was the primary one.
    'product:read',
    'order:create',
    'orderLine:create',
  ],
  async handle(request, context) {
    const document = await documentOf(context, request.subject)
    const version = document && (await findVersion(context, request.subject))
    if (!document || !version) return null
    const before = await stateNow(context, version)
    // A form that is sent twice, or after somebody else has answered, gets what the quote is now.
    if (request.method === 'GET' || before.kind !== 'OPEN') return page(context, request, document, before, null)
    const sent = readForm(request.form, pageWordsOf(document.proposal.design.locale))
    if (!sent) return { ...(await page(context, request, document, before, null)), status: 400 }
    const { mistake } = sent
    if (mistake !== null) return page(context, request, document, before, { ...sent, mistake })
    const refusal = await answerQuote(context, document.quoteId, version, sent)
    const after = await findVersion(context, request.subject)
    const state = after ? await stateNow(context, after) : before
    // Whoever comes second sees what the first one answered.
    const isRefused = refusal !== null && state.kind === 'OPEN'
    return page(context, request, document, state, isRefused ? { ...sent, mistake: refusal } : null)
  },
})

async function findVersion({ unrestricted }: PluginContext, versionId: string) {
  const version = await unrestricted.prisma.quoteVersion.findFirst({
    where: { id: versionId, quote: { deletedAt: null } },
    select: {
      number: true,
      validUntil: true,
      quote: {
        select: {
          version: true,
          status: true,
          versionNumber: true,
          acceptedBy: true,
          acceptedAt: true,
          declinedAt: true,
        },
      },
    },
  })
  return version && { ...version, validUntil: utcDay(version.validUntil) }
}

async function stateNow({ unrestricted, today }: PluginContext, version: SentVersion): Promise<ProposalState> {
  const workspace = await unrestricted.prisma.workspace.findFirst({ select: { timeZone: true } })
  return stateOfVersion(version, today, workspace?.timeZone ?? 'UTC')
}

async function page(
  context: PluginContext,
  { subject }: SignedRequest,
  { proposal }: StoredDocument,
  state: ProposalState,
  sent: SentForm | null,
): Promise<SignedPage> {
  const expiresAt = new Date(context.now.getTime() + DOCUMENT_HOURS * 3_600_000)
  const documentUrl = await signAddress(context, DOCUMENT_PATH, subject, expiresAt)
  return { status: sent ? 400 : 200, ...proposalPage({ proposal, state, documentUrl, sent }) }
}
