import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

/** Whose token a request carries. */
export interface TokenHolder {
  readonly workspaceId: string
  readonly actorId: string
}

const MAX_REMEMBERED = 1_000

/**
 * Checks the access token of an `Authorization` header as Rapport does: the signature once for each token, which is then
 * remembered, and the expiry every time. Throws when there is none or it does not hold.
 */
export function createAuthenticator(jwks: JSONWebKeySet): (authorization: string | undefined) => Promise<TokenHolder> {
  const keys = createLocalJWKSet(jwks)
  const remembered = new Map<string, TokenHolder & { readonly expiresAt: number }>()
  return async (authorization) => {
    const token = /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1]
    if (!token) throw new Error('The request has no bearer token.')
    const known = remembered.get(token)
    if (known && known.expiresAt > Date.now()) return known
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
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(token, holder)
    return holder
  }
}
