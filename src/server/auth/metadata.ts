import { GRANT_TYPES } from './token-endpoint.ts'

export const METADATA_PATH = '/.well-known/oauth-authorization-server'

/**
 * Returns the authorization server metadata (RFC 8414): the URLs of the endpoints and what they accept. `baseUrl` is
 * the URL of this server.
 */
export function metadataResponse(baseUrl: string): Response {
  return Response.json(
    {
      issuer: baseUrl,
      token_endpoint: `${baseUrl}/oauth/token`,
      revocation_endpoint: `${baseUrl}/oauth/revoke`,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      grant_types_supported: GRANT_TYPES,
      // There is no authorization endpoint: the sign-in page belongs to the front-end or the identity provider.
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
    },
    { headers: { 'cache-control': 'no-store' } },
  )
}
