import { createHash } from 'node:crypto'
import type { Authenticator } from '../../platform/identity/authenticate.ts'
import { AuthenticationError } from '../../platform/identity/identity-errors.ts'
import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { consume, limiter, quotaStateOf, rateLimited } from './quota.ts'

/**
 * Returns an authenticator that limits the guessing of credentials. After `perMinute` refused credentials from one
 * network, `authenticate` throws RATE_LIMITED for that network without a look-up until the minute is over. A credential
 * that is refused several times counts once, because it is not a new guess: so a program that repeatedly sends an
 * expired token does not block the other users of its network. Null for `perMinute` means no limit.
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
