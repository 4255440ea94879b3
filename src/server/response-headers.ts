/** What every answer says to browsers, unless it says something else itself. */
const STANDARD: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** What a page that runs scripts of its own says instead. No page of others may frame it. */
export const PAGE_POLICY =
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** Adds the headers that keep browsers from misusing an answer. */
export function secure(headers: Headers): void {
  for (const [name, value] of Object.entries(STANDARD)) if (!headers.has(name)) headers.set(name, value)
}

const ALLOWED_HEADERS = 'authorization, content-type, accept, idempotency-key, x-request-id, x-workspace, graphql-cost'
const EXPOSED_HEADERS = 'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset'
// Seconds for which a browser need not ask again; none keeps it longer.
const PREFLIGHT_SECONDS = 7_200

/**
 * The answer to a browser that asks whether a page of another origin may send a request (CORS), or null where that is not asked.
 * Without the headers that `allowOrigin` adds, it may not.
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
 * Lets pages of the listed origins read an answer, and no others. Never with cookies: the server knows none. Without a list
 * there is no header at all.
 */
export function allowOrigin(request: Request, headers: Headers, origins: readonly string[]): void {
  if (origins.length === 0) return
  headers.append('vary', 'Origin')
  const origin = request.headers.get('origin')
  if (origin === null || !origins.includes(origin)) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', EXPOSED_HEADERS)
}
