import type { SigningKeys } from './signing-keys.ts'
import { type TokenClaims, verifyToken } from './tokens.ts'

const MAX_REMEMBERED = 1_000

/**
 * `verifyToken` for a server, which sees the same tokens over and over: the signature of the same text under the same
 * key stays right, and checking it costs more than most reads. What time changes is checked every time: that the token
 * has not expired, and that its key is still accepted. Only tokens that passed are remembered, the latest 1,000.
 */
export function createTokenVerifier(keys: SigningKeys): (token: string) => Promise<TokenClaims> {
  const remembered = new Map<string, TokenClaims>()

  return async (token) => {
    const known = remembered.get(token)
    if (known && known.expiresAt.getTime() > Date.now() && (await keys.find(known.keyId))) return known
    // Also what was remembered and no longer holds: the full check says why it is refused.
    remembered.delete(token)
    const claims = await verifyToken(keys, token)
    remembered.set(token, claims)
    if (remembered.size > MAX_REMEMBERED) forgetOldest(remembered)
    return claims
  }
}

function forgetOldest(remembered: Map<string, TokenClaims>): void {
  for (const token of remembered.keys()) {
    remembered.delete(token)
    return
  }
}
