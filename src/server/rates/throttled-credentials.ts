import type { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { codedError } from '../../platform/errors.ts'

/**
 * The throttled credentials: credentials of actors who have used up a rate. Until the rate is reset, requests with such
 * a credential are refused without a look-up.
 */
export interface ThrottledCredentials {
  /**
   * When the credential is throttled, counts the request and throws RATE_LIMITED with the remaining seconds.
   */
  check(authorization: string | null): void
  /**
   * Whether a client has sent too many requests since its credential was throttled. The server then does not read the
   * bodies of its requests.
   */
  ignoresRetryAfter(authorization: string | null): boolean
  /** Throttles a credential for the time in the error RATE_LIMITED. Does nothing for any other error. */
  throttle(authorization: string | null, error: GraphQLError): void
}

const MAX_THROTTLED = 1_000
/**
 * Number of requests after which a client counts as ignoring Retry-After. Before it receives the first error, a client
 * may already have sent further requests.
 */
const MAX_REQUESTS_AFTER_LIMIT = 50

interface ThrottledCredential {
  readonly error: GraphQLError
  /** When the throttling ends, as a time of `performance.now`. */
  readonly until: number
  /** Number of requests since the credential was throttled. */
  requests: number
}

/** Creates the empty list of throttled credentials of a node. */
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
