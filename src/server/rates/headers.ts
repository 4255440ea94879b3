import type { GraphQLError } from 'graphql'
import type { QuotaState } from './quota.ts'

/** Sets the `RateLimit-*` headers of a response. */
export function setQuotaHeaders(headers: Headers, quotaState: QuotaState): void {
  headers.set('ratelimit-limit', String(quotaState.limit))
  headers.set('ratelimit-remaining', String(quotaState.remaining))
  headers.set('ratelimit-reset', String(quotaState.resetSeconds))
}

/** Returns the HTTP status and headers of a response with the error RATE_LIMITED; null for any other error. */
export function httpOfRateLimit({
  extensions: { code, allowed, remaining, retryAfterSeconds },
}: GraphQLError): { readonly status: 429; readonly headers: Readonly<Record<string, string>> } | null {
  if (code !== 'RATE_LIMITED') return null
  return {
    status: 429,
    headers: {
      'retry-after': String(retryAfterSeconds),
      'ratelimit-limit': String(allowed),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(retryAfterSeconds),
    },
  }
}
