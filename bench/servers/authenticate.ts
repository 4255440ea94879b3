import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

/** The actor whose token a request has. */
export interface TokenHolder {
  readonly workspaceId: string
  readonly actorId: string
}

const MAX_CACHED = 1_000

/**
 * Returns a function that checks the access token of an `Authorization` header in the same way as Rapport: the
 * signature once for each token, with the result cached, and the expiry every time. The function throws when there is
 * no token or when it is not valid.
 */
export function createAuthenticator(jwks: JSONWebKeySet): (authorization: string | undefined) => Promise<TokenHolder> {
  const keys = createLocalJWKSet(jwks)
  const cache = new Map<string, TokenHolder & { readonly expiresAt: number }>()
  return async (authorization) => {
    const token = /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1]
    if (!token) throw new Error('The request has no bearer token.')
    const cached = cache.get(token)
    if (cached && cached.expiresAt > Date.now()) return cached
    const { payload } = await jwtVerify(token, keys, {
      issuer: 'urn:rapport',
      audience: 'rapport',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    })
    const holder = {
      workspaceId: String(payload['wsp']),
      actorId: String(payload.sub),
      expiresAt: (payload.exp ?? 0) * 1000,
    }
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(token, holder)
    return holder
  }
}
