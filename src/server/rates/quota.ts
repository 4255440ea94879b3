import type { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { codedError } from '../../platform/errors.ts'

/** What somebody may use within a minute, on one node; null for as much as they like. */
export interface Rates {
  /** Requests of one actor; each write of a mutation is one. */
  readonly requests: number | null
  /** Points of cost of one actor. */
  readonly points: number | null
  /** Credentials that are refused to one network address. */
  readonly refusedCredentials: number | null
}

/** How far somebody is from the end of a quota. */
export interface QuotaState {
  readonly limit: number
  readonly remaining: number
  /** Seconds until it is whole again. */
  readonly resetSeconds: number
}

/** What actors use, by uuid. */
export interface Quota {
  /** Counts requests. Throws RATE_LIMITED where they are too many, and where there is no point left for one. */
  countRequests(actorId: string, requests: number): Promise<QuotaState | null>
  /** Counts points of cost. Throws RATE_LIMITED where they are too many, and then does not count them. */
  countPoints(actorId: string, points: number): Promise<QuotaState | null>
  /** Counts a request that was refused for asking too much: to find that out has cost something too. */
  countRefusal(actorId: string): Promise<void>
}

const SECONDS = 60
// With the points of production, 200 such requests in a minute; the next ones are not even read.
const REFUSAL_POINTS = 2_500

export function createQuota({ requests, points }: Rates): Quota {
  const ofRequests = limiter(requests)
  const ofPoints = limiter(points)
  return {
    async countRequests(actorId, count) {
      const used = await ofPoints?.get(actorId)
      if (ofPoints && used && used.remainingPoints === 0)
        throw rateLimited('points of cost', quotaStateOf(ofPoints, used))
      if (!ofRequests) return null
      const { quotaState, isBeyond } = await consume(ofRequests, actorId, count)
      if (isBeyond) throw rateLimited('requests', quotaState)
      return quotaState
    },
    async countPoints(actorId, count) {
      if (!ofPoints) return null
      const { quotaState, isBeyond } = await consume(ofPoints, actorId, count)
      if (!isBeyond) return quotaState
      // What was too dear leaves the rest to what is not.
      throw rateLimited('points of cost', quotaStateOf(ofPoints, await ofPoints.reward(actorId, count)))
    },
    async countRefusal(actorId) {
      await ofPoints?.penalty(actorId, REFUSAL_POINTS)
    },
  }
}

/** A counter that begins anew every minute; null for no limit. */
export function limiter(points: number | null): RateLimiterMemory | null {
  return points === null ? null : new RateLimiterMemory({ points, duration: SECONDS })
}

/** Counts, also beyond the limit. */
export async function consume(
  counter: RateLimiterMemory,
  key: string,
  count: number,
): Promise<{ readonly quotaState: QuotaState; readonly isBeyond: boolean; readonly isFirst: boolean }> {
  const counted = await counter.consume(key, count).catch((refused: unknown) => {
    if (refused instanceof RateLimiterRes) return refused
    throw refused
  })
  return {
    quotaState: quotaStateOf(counter, counted),
    isBeyond: counted.consumedPoints > counter.points,
    isFirst: counted.isFirstInDuration,
  }
}

export function quotaStateOf(counter: RateLimiterMemory, counted: RateLimiterRes): QuotaState {
  return {
    limit: counter.points,
    remaining: counted.remainingPoints,
    resetSeconds: Math.max(Math.ceil(counted.msBeforeNext / 1_000), 1),
  }
}

/** The error for who has used up what they have. */
export function rateLimited(what: string, { limit, remaining, resetSeconds }: QuotaState): GraphQLError {
  return codedError(
    'RATE_LIMITED',
    `Of the ${limit} ${what} of a minute ${remaining} are left, which is too few. Come again in ${resetSeconds} s.`,
    { limit: what, allowed: limit, remaining, retryAfterSeconds: resetSeconds },
  )
}

/** Of two quotas the one whose end is nearer. */
export function nearer(one: QuotaState | null, other: QuotaState | null): QuotaState | null {
  if (!one || !other) return one ?? other
  return other.remaining / other.limit < one.remaining / one.limit ? other : one
}
