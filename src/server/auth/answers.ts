import type { TokenPair } from '../../platform/identity/sign-in.ts'

/** Error codes of RFC 6749, section 5.2, and of its registered extensions. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'temporarily_unavailable'
  | 'server_error'

// The RFC also requires `pragma`, for proxies and browsers that support only HTTP/1.0.
const NOT_STORED = { 'cache-control': 'no-store', pragma: 'no-cache' }

/**
 * Returns an error response (RFC 6749, 5.2), with the status 400 by default. `description` is a sentence in ASCII for
 * the developer of the client.
 */
export function oauthError(
  code: OAuthErrorCode,
  description: string,
  {
    status = 400,
    headers = {},
  }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const body = { error: code, error_description: description }
  return Response.json(body, { status, headers: { ...NOT_STORED, ...headers } })
}

/** Returns a token response (RFC 6749, 5.1). `extension` contains additional members of its body. */
export function tokenResponse(tokens: TokenPair, extension: Readonly<Record<string, string>> = {}): Response {
  const body = {
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refreshToken,
    ...extension,
  }
  return Response.json(body, { headers: NOT_STORED })
}

/** Returns a successful response without a body. */
export function emptyResponse(status: 200 | 204): Response {
  return new Response(null, { status, headers: NOT_STORED })
}
