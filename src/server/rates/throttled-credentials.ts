import type { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { codedError } from '../../platform/errors.ts'

/**
 * The throttled credentials: their actors have used up their rate, and nothing is looked up for them until it begins
 * anew.
 */
export interface ThrottledCredentials {
  /**
   * Throws the error RATE_LIMITED that the credential was throttled with, with the seconds that remain. Counts the
   * request.
   */
  check(authorization: string | null): void
  /**
   * Whether a throttled credential was used for too many requests since, so that its requests need not be read to their
   * end.
   */
  ignoresRetryAfter(authorization: string | null): boolean
  /** Throttles a credential for as long as the RATE_LIMITED error says. Ignores any other error. */
  throttle(authorization: string | null, error: GraphQLError): void
}

const MAX_THROTTLED = 1_000
/** The number of requests that a program may already have sent when it gets the error. */
const MAX_REQUESTS_AFTER_LIMIT = 50

interface ThrottledCredential {
  readonly error: GraphQLError
  /** End of the throttling, on the clock of `performance.now`. */
  readonly until: number
  /** Requests since it was throttled. */
  requests: number
}

/** Creates the list of throttled credentials of a node, which is empty at first. */
export function throttleCredentials(): ThrottledCredentials {
  const throttled = new LRUCache<string, ThrottledCredential>({ max: MAX_THROTTLED })
  return {
    check(authorization) {
      const credential = authorization === null ? undefined : throttled.get(authorization)
      if (!credential || authorization === null) return
      const secondsLeft = Math.ceil((credential.until - performance.now()) / 1_000)
      if (secondsLeft <= 0) {
        throttled.delete(authorization)
        return
      }
      const { message, extensions } = credential.error
      credential.requests += 1
      const currentMessage = message.replace(/in \d+ s/, `in ${secondsLeft} s`)
      throw codedError('RATE_LIMITED', currentMessage, { ...extensions, retryAfterSeconds: secondsLeft })
    },
    ignoresRetryAfter(authorization) {
      return authorization !== null && (throttled.peek(authorization)?.requests ?? 0) > MAX_REQUESTS_AFTER_LIMIT
    },
    throttle(authorization, error) {
      const seconds = error.extensions['retryAfterSeconds']
      if (authorization === null || error.extensions['code'] !== 'RATE_LIMITED' || typeof seconds !== 'number') return
      throttled.set(authorization, { error, until: performance.now() + seconds * 1_000, requests: 0 })
    },
  }
}
