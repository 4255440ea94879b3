import { createHash } from 'node:crypto'
import type { Authenticator } from '../../platform/identity/authenticate.ts'
import { AuthenticationError } from '../../platform/identity/identity-errors.ts'
import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { consume, limiter, quotaStateOf, rateLimited } from './quota.ts'

/**
 * The authenticator, made so that guessing takes long: of one network address so many credentials are refused in a minute, and
 * then none is looked at until it is over. `authenticate` throws RATE_LIMITED then. The same credential again is no guess: a
 * program that goes on sending an expired token does not lock its office out. Null for no limit.
 */
export function limitRefusals(authenticator: Authenticator, perMinute: number | null): Authenticator {
  const refused = limiter(perMinute)
  const known = limiter(perMinute)
  if (!refused || !known) return authenticator
  return {
    ...authenticator,
    async authenticate(authorization, request) {
      const address = request?.origin.ipAddress ?? null
      if (address === null || authorization === null) return authenticator.authenticate(authorization, request)
      const network = networkOf(address)
      const counted = await refused.get(network)
      if (counted && counted.consumedPoints >= refused.points)
        throw rateLimited('refused credentials', quotaStateOf(refused, counted))
      try {
        return await authenticator.authenticate(authorization, request)
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error
        const key = `${network} ${createHash('sha256').update(authorization).digest('base64url')}`
        const { isFirst } = await consume(known, key, 1)
        if (isFirst) await consume(refused, network, 1)
        throw error
      }
    },
  }
}
