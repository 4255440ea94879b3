import type { TrustedIssuers } from '../../request/trusted-issuers.ts'

/** Thrown when an entry of TRUSTED_ISSUERS is invalid; the message says why. */
export class TrustedIssuerError extends Error {
  override readonly name = 'TrustedIssuerError'
}

// Pattern for the segment of a tenant, where the list has `*`. It can't begin with a dot, because a URL parser removes
// the segments `.` and `..`.
const SEGMENT = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*'
/** Number of slash-separated segments of an issuer before its path: `https:`, an empty segment, and the host. */
const ORIGIN_SEGMENTS = 3

/**
 * Reads the operator's list of trusted issuers. An entry is an exact issuer, such as `https://id.example.com`. One
 * segment of its path may be `*`, for providers with a separate issuer for each tenant.
 * @throws TrustedIssuerError when an entry is not a valid issuer.
 */
export function openTrustedIssuers(patterns: readonly string[]): TrustedIssuers {
  const trusted = patterns.map(expressionOf)
  return {
    problemWith(issuer) {
      const problem = problemOf(issuer)
      if (problem !== null) return problem
      if (trusted.some((expression) => expression.test(issuer))) return null
      return 'The operator of this installation does not trust this issuer. Ask them to add it to TRUSTED_ISSUERS.'
    },
  }
}

function expressionOf(pattern: string): RegExp {
  const segments = pattern.split('/')
  const wildcardIndex = segments.indexOf('*')
  // With a real segment in place of the wildcard, the pattern can be checked like an issuer.
  const example = segments.map((segment, index) => (index === wildcardIndex ? 'segment' : segment)).join('/')
  const problem =
    example.includes('*') || (wildcardIndex >= 0 && wildcardIndex < ORIGIN_SEGMENTS)
      ? 'Only one whole segment of the path may be *.'
      : problemOf(example)
  if (problem !== null) throw new TrustedIssuerError(`${JSON.stringify(pattern)} can't be trusted. ${problem}`)
  const expression = segments.map((segment, index) => (index === wildcardIndex ? SEGMENT : escaped(segment))).join('/')
  return new RegExp(`^${expression}$`)
}

/**
 * Returns why the text is not an issuer (OpenID Connect Discovery 1.0, 3) that the server may request keys from; null
 * when the text is such an issuer.
 */
function problemOf(issuer: string): string | null {
  const url = URL.parse(issuer)
  if (url === null) return 'An issuer is an address, such as https://id.example.com.'
  // A text that a URL parser would change could mean one issuer here and another one to the provider.
  if (url.href !== issuer && url.href !== `${issuer}/`) return `Write the issuer as ${url.href}.`
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'An issuer has no query, no fragment and no credentials.'
  if (url.protocol === 'https:' || isLoopbackHttp(url)) return null
  return 'An issuer begins with https://. Only an issuer on the same machine, for testing, may begin with http://.'
}

/** Whether the URL is an unencrypted address of this machine. */
export function isLoopbackHttp(url: URL): boolean {
  const { hostname, protocol } = url
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || hostname === '127.0.0.1')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
