import type { TrustedIssuers } from '../../request/trusted-issuers.ts'

/** An entry of TRUSTED_ISSUERS is none; the message says why. */
export class TrustedIssuerError extends Error {
  override readonly name = 'TrustedIssuerError'
}

// `.` and `..` are none: what a URL parser drops can't stand for a tenant.
const SEGMENT = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*'
/** Parts of an issuer before its path: `https:`, nothing, and the host. */
const PARTS_OF_ORIGIN = 3

/**
 * Reads the operator's list: exact issuers, such as `https://id.example.com`, in which one segment of the path may be `*`, for
 * providers with an issuer for each tenant. Throws TrustedIssuerError for an entry that can't be one.
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
  const parts = pattern.split('/')
  const wild = parts.indexOf('*')
  // Whatever stands for the segment is one, so that the rest is checked as an issuer is.
  const example = parts.map((part, at) => (at === wild ? 'segment' : part)).join('/')
  const problem =
    example.includes('*') || (wild >= 0 && wild < PARTS_OF_ORIGIN)
      ? 'One * may stand for one segment of the path.'
      : problemOf(example)
  if (problem !== null) throw new TrustedIssuerError(`${JSON.stringify(pattern)} can't be trusted. ${problem}`)
  return new RegExp(`^${parts.map((part, at) => (at === wild ? SEGMENT : escaped(part))).join('/')}$`)
}

/** Why the text is no issuer (OpenID Connect Discovery 1.0, 3) that may be asked for its keys; null when it is one. */
function problemOf(issuer: string): string | null {
  const url = URL.parse(issuer)
  if (url === null) return 'An issuer is an address, such as https://id.example.com.'
  // What a URL parser would change may mean one thing here and another to the provider.
  if (url.href !== issuer && url.href !== `${issuer}/`) return `Write the issuer as ${url.href}.`
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'An issuer has no query, no fragment and no credentials.'
  if (url.protocol === 'https:' || isLoopbackHttp(url)) return null
  return 'An issuer begins with https://. Only one on the same machine, for trying things, may begin with http://.'
}

/** Whether it is an unencrypted address of this machine. */
export function isLoopbackHttp(url: URL): boolean {
  const { hostname, protocol } = url
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || hostname === '127.0.0.1')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
