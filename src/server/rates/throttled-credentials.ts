import type { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { codedError } from '../../platform/errors.ts'

/** Credentials whose actors have used up their rate: until it begins anew nothing is looked up for them. */
export interface ThrottledCredentials {
  /** Throws the RATE_LIMITED that the credential was held with, with the seconds that are left of it. */
  check(authorization: string | null): void
  /** Whether it goes on and on though it was told to wait: its requests are not worth reading to their end. */
  ignoresRetryAfter(authorization: string | null): boolean
  /** Holds a credential for as long as the error tells. */
  hold(authorization: string | null, error: GraphQLError): void
}

const MAX_THROTTLED = 1_000
/** As many as a program may have under way when it is told. */
const MAX_REQUESTS_AFTER_LIMIT = 50

interface ThrottledCredential {
  readonly error: GraphQLError
  readonly until: number
  /** Requests since. */
  asked: number
}

export function throttleCredentials(): ThrottledCredentials {
  const held = new LRUCache<string, ThrottledCredential>({ max: MAX_THROTTLED })
  return {
    check(authorization) {
      const found = authorization === null ? undefined : held.get(authorization)
      if (!found || authorization === null) return
      const left = Math.ceil((found.until - performance.now()) / 1_000)
      if (left <= 0) {
        held.delete(authorization)
        return
      }
      const { message, extensions } = found.error
      found.asked += 1
      const told = message.replace(/in \d+ s/, `in ${left} s`)
      throw codedError('RATE_LIMITED', told, { ...extensions, retryAfterSeconds: left })
    },
    ignoresRetryAfter(authorization) {
      return authorization !== null && (held.peek(authorization)?.asked ?? 0) > MAX_REQUESTS_AFTER_LIMIT
    },
    hold(authorization, error) {
      const seconds = error.extensions['retryAfterSeconds']
      if (authorization === null || error.extensions['code'] !== 'RATE_LIMITED' || typeof seconds !== 'number') return
      held.set(authorization, { error, until: performance.now() + seconds * 1_000, asked: 0 })
    },
  }
}
