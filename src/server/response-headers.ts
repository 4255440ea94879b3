/** Security headers of every response that does not set them itself. */
const STANDARD: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** The content security policy of a page that runs its own scripts. No other page may embed it in a frame. */
export const PAGE_POLICY =
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** Adds the security headers that a response does not set itself. */
export function setSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(STANDARD)) if (!headers.has(name)) headers.set(name, value)
}

const ALLOWED_HEADERS = 'authorization, content-type, accept, idempotency-key, x-request-id, x-workspace, graphql-cost'
const EXPOSED_HEADERS = 'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset'
// How long a browser may cache the response to a preflight. No browser caches it for a longer time.
const PREFLIGHT_SECONDS = 7_200

/**
 * Returns the response to a CORS preflight, or null when the request is not a preflight. The browser allows the actual
 * request only if `allowOrigin` adds its headers to this response.
 */
export function preflight(request: Request): Response | null {
  if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return null
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    },
  })
}

/**
 * Adds the CORS headers with which pages of the listed origins, and no other pages, can read a response. Never allows
 * credentials mode, because the server uses no cookies. With an empty list, adds no header.
 */
export function allowOrigin(request: Request, headers: Headers, origins: readonly string[]): void {
  if (origins.length === 0) return
  headers.append('vary', 'Origin')
  const origin = request.headers.get('origin')
  if (origin === null || !origins.includes(origin)) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', EXPOSED_HEADERS)
}
