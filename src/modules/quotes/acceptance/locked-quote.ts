import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { QuoteStatus } from '../states/transitions.ts'

/** What has to be known of a quote to accept it. Ids are uuids. */
export interface QuoteToAccept {
  readonly id: string
  readonly version: number
  readonly status: QuoteStatus
  readonly versionNumber: number | null
  /** Last day of the validity, as YYYY-MM-DD. */
  readonly validUntil: string | null
  readonly opportunityId: string
  readonly isPrimary: boolean
}

/**
 * Locks a quote until the end of the transaction, so that of two who accept it at the same time the second sees what the
 * first did. Returns null when the caller sees no such quote.
 * @param id Record id that the client has sent.
 * @throws GraphQLError FORBIDDEN when the caller sees the quote but may not update it.
 */
export async function lockedQuote({ records, unrestricted }: PluginContext, id: string): Promise<QuoteToAccept | null> {
  const uuid = await records.lock('Quote', id)
  if (uuid === null) return null
  // What decides about the acceptance is not what the caller may read of the quote.
  const quote = await unrestricted.prisma.quote.findFirstOrThrow({
    where: { id: uuid },
    select: {
      id: true,
      version: true,
      status: true,
      versionNumber: true,
      validUntil: true,
      opportunityId: true,
      isPrimary: true,
    },
  })
  return { ...quote, validUntil: quote.validUntil?.toISOString().slice(0, 10) ?? null }
}
