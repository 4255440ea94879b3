import { createHash } from 'node:crypto'
import type { Authenticator } from '../../platform/identity/authenticate.ts'
import { AuthenticationError } from '../../platform/identity/identity-errors.ts'
import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { consume, limiter, quotaStateOf, rateLimited } from './quota.ts'

/**
 * Returns an authenticator that slows the guessing of credentials down. After `perMinute` refused credentials from one
 * network address, `authenticate` throws RATE_LIMITED without looking at further ones until the minute is over. The
 * same refused credential counts once, because it is not a guess: a program that keeps sending an expired token does
 * not lock out its whole office. With `perMinute` null there is no limit.
 */
export function limitRefusals(authenticator: Authenticator, perMinute: number | null): Authenticator {
  const refusedByNetwork = limiter(perMinute)
  const refusedCredentials = limiter(perMinute)
  if (!refusedByNetwork || !refusedCredentials) return authenticator
  return {
    ...authenticator,
    async authenticate(authorization, request) {
      const address = request?.origin.ipAddress ?? null
      if (address === null || authorization === null) return authenticator.authenticate(authorization, request)
      const network = networkOf(address)
      const counted = await refusedByNetwork.get(network)
      if (counted && counted.consumedPoints >= refusedByNetwork.points)
        throw rateLimited('refused credentials', quotaStateOf(refusedByNetwork, counted))
      try {
        return await authenticator.authenticate(authorization, request)
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error
        const key = `${network} ${createHash('sha256').update(authorization).digest('base64url')}`
        const { isFirst } = await consume(refusedCredentials, key, 1)
        if (isFirst) await consume(refusedByNetwork, network, 1)
        throw error
      }
    },
  }
}
