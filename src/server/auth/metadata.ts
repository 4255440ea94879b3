import { GRANT_TYPES } from './token-endpoint.ts'

export const METADATA_PATH = '/.well-known/oauth-authorization-server'

/** Authorization server metadata (RFC 8414): where the endpoints are and what they take. `base` is the server's own address. */
export function metadataAnswer(base: string): Response {
  return Response.json(
    {
      issuer: base,
      token_endpoint: `${base}/oauth/token`,
      revocation_endpoint: `${base}/oauth/revoke`,
      jwks_uri: `${base}/.well-known/jwks.json`,
      grant_types_supported: GRANT_TYPES,
      // There is no authorization endpoint: pages to sign in are the front-end's, or the identity provider's.
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
    },
    { headers: { 'cache-control': 'no-store' } },
  )
}
