import type { SigningKeys } from './signing-keys.ts'
import { type TokenClaims, verifyToken } from './tokens.ts'

const MAX_CACHED = 1_000

/**
 * Returns a function like `verifyToken` that caches verified tokens, because a server gets the same tokens repeatedly:
 * the signature of a token stays valid under the same key, and verifying it costs more than most reads. What can change
 * is checked every time: that the token has not expired and that its key is still accepted. Only tokens that passed are
 * cached, the latest 1,000.
 */
export function createTokenVerifier(keys: SigningKeys): (token: string) => Promise<TokenClaims> {
  const cache = new Map<string, TokenClaims>()

  return async (token) => {
    const cached = cache.get(token)
    if (cached && cached.expiresAt.getTime() > Date.now() && (await keys.find(cached.keyId))) return cached
    // A cached token that is no longer valid is verified again in full, which gives the reason for the log.
    cache.delete(token)
    const claims = await verifyToken(keys, token)
    cache.set(token, claims)
    if (cache.size > MAX_CACHED) deleteOldest(cache)
    return claims
  }
}

function deleteOldest(cache: Map<string, TokenClaims>): void {
  for (const token of cache.keys()) {
    cache.delete(token)
    return
  }
}
