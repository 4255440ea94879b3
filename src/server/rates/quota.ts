import type { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { codedError } from '../../platform/errors.ts'

/** The rates: what may be used within a minute on one server process (a node). Null means no limit. */
export interface Rates {
  /** Requests of one actor; each write of a mutation counts as one request. */
  readonly requests: number | null
  /** Cost of the operations of one actor, in points. */
  readonly points: number | null
  /** Refused credentials from one network address; also the requests to routes of plugins that are refused. */
  readonly refusedCredentials: number | null
  /** Verified requests to one route of a plugin in one workspace. */
  readonly routeRequests: number | null
}

/** How much of a rate is left, and when it is reset. */
export interface QuotaState {
  readonly limit: number
  readonly remaining: number
  /** Seconds until the whole limit is available again. */
  readonly resetSeconds: number
}

/**
 * Counts how much actors use of their rates. Actors are identified by uuid. A quota state is null when no limit is set.
 */
export interface Quota {
  /** Counts requests. Throws RATE_LIMITED when they exceed the rate, or when the actor has no points left. */
  countRequests(actorId: string, requests: number): Promise<QuotaState | null>
  /** Counts points of cost. When they exceed the rate, throws RATE_LIMITED and does not count them. */
  countPoints(actorId: string, points: number): Promise<QuotaState | null>
  /**
   * Counts points for a request that was refused because it exceeded a limit, as the check itself takes CPU time.
   */
  countRefusal(actorId: string): Promise<void>
}

const SECONDS = 60
// The points for a request that exceeds a limit. With the rate of 500,000 points in production, an actor can send 200
// such requests in a minute. Further requests are refused before they are read.
const REFUSAL_POINTS = 2_500

/** Creates the counters of a node, in memory. */
export function createQuota({ requests, points }: Rates): Quota {
  const requestCounter = limiter(requests)
  const pointCounter = limiter(points)
  return {
    async countRequests(actorId, count) {
      const used = await pointCounter?.get(actorId)
      if (pointCounter && used && used.remainingPoints === 0)
        throw rateLimited('points of cost', quotaStateOf(pointCounter, used))
      if (!requestCounter) return null
      const { quotaState, isExceeded } = await consume(requestCounter, actorId, count)
      if (isExceeded) throw rateLimited('requests', quotaState)
      return quotaState
    },
    async countPoints(actorId, count) {
      if (!pointCounter) return null
      const { quotaState, isExceeded } = await consume(pointCounter, actorId, count)
      if (!isExceeded) return quotaState
      // Subtracts the points again, so that cheaper operations can still use the remaining points.
      throw rateLimited('points of cost', quotaStateOf(pointCounter, await pointCounter.reward(actorId, count)))
    },
    async countRefusal(actorId) {
      await pointCounter?.penalty(actorId, REFUSAL_POINTS)
    },
  }
}

/** Returns a counter that is reset every minute, or null for no limit. */
export function limiter(points: number | null): RateLimiterMemory | null {
  return points === null ? null : new RateLimiterMemory({ points, duration: SECONDS })
}

/**
 * Adds `count` to the counter of a key, even when that exceeds the limit. `isFirst` is whether this is the first count
 * for the key in the current minute.
 */
export async function consume(
  counter: RateLimiterMemory,
  key: string,
  count: number,
): Promise<{ readonly quotaState: QuotaState; readonly isExceeded: boolean; readonly isFirst: boolean }> {
  const counted = await counter.consume(key, count).catch((refused: unknown) => {
    if (refused instanceof RateLimiterRes) return refused
    throw refused
  })
  return {
    quotaState: quotaStateOf(counter, counted),
    isExceeded: counted.consumedPoints > counter.points,
    isFirst: counted.isFirstInDuration,
  }
}

/** Returns the quota state of a counted key. */
export function quotaStateOf(counter: RateLimiterMemory, counted: RateLimiterRes): QuotaState {
  return {
    limit: counter.points,
    remaining: counted.remainingPoints,
    resetSeconds: Math.max(Math.ceil(counted.msBeforeNext / 1_000), 1),
  }
}

/** Returns the error RATE_LIMITED. `what` is the plural name of what is counted, such as `requests`. */
export function rateLimited(what: string, { limit, remaining, resetSeconds }: QuotaState): GraphQLError {
  return codedError(
    'RATE_LIMITED',
    `Only ${remaining} of the ${limit} ${what} per minute are left, which is not enough. Try again in ${resetSeconds} s.`,
    { limit: what, allowed: limit, remaining, retryAfterSeconds: resetSeconds },
  )
}

/**
 * Returns the quota state that is nearer to its limit: the state of which a smaller share is left. A state that is null
 * is ignored.
 */
export function nearerToLimit(one: QuotaState | null, other: QuotaState | null): QuotaState | null {
  if (!one || !other) return one ?? other
  return other.remaining / other.limit < one.remaining / one.limit ? other : one
}
