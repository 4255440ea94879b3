import { dayIn } from '../../../platform/formats/day.ts'
import type { ProposalState } from '../page/proposal-page.ts'

/** What decides what a customer can do with a version of a quote. */
export interface SentVersion {
  /** Number of the version. */
  readonly number: number
  /** Last day on which it can be accepted, such as `2026-01-31`. */
  readonly validUntil: string
  readonly quote: {
    readonly status:
      | 'DRAFT'
      | 'IN_REVIEW'
      | 'APPROVED'
      | 'SENT'
      | 'ACCEPTED'
      | 'REJECTED'
      | 'EXPIRED'
      | 'SUPERSEDED'
      | 'RECALLED'
    /** Number of the version that was sent last. */
    readonly versionNumber: number | null
    readonly acceptedBy: string | null
    readonly acceptedAt: Date | null
    /** When the customer declined it. */
    readonly declinedAt: Date | null
  }
}

/**
 * Returns what a customer can do with a version of a quote, and why no more.
 * @param today Day in the time zone of the workspace.
 */
export function stateOfVersion(
  { number, validUntil, quote }: SentVersion,
  today: string,
  timeZone: string,
): ProposalState {
  if (quote.versionNumber !== number) return { kind: 'SUPERSEDED' }
  switch (quote.status) {
    case 'SENT':
      return validUntil < today ? { kind: 'EXPIRED', on: validUntil } : { kind: 'OPEN' }
    case 'ACCEPTED':
      return {
        kind: 'ACCEPTED',
        by: quote.acceptedBy ?? '',
        on: quote.acceptedAt ? dayIn(timeZone, quote.acceptedAt) : today,
      }
    case 'EXPIRED':
      return { kind: 'EXPIRED', on: validUntil }
    case 'REJECTED':
      // An approver may have refused the version that was to follow.
      return { kind: quote.declinedAt ? 'DECLINED' : 'SUPERSEDED' }
    case 'RECALLED':
      return { kind: 'WITHDRAWN' }
    // Another quote was accepted, or a new version is being written.
    case 'SUPERSEDED':
    case 'DRAFT':
    case 'IN_REVIEW':
    case 'APPROVED':
      return { kind: 'SUPERSEDED' }
  }
}
