import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { QuoteContent } from './content.ts'

/**
 * Returns the SHA-256 of a content as canonical JSON (RFC 8785: keys in order, no spaces), in lower-case hexadecimal.
 * Equal contents have equal hashes, whatever the order of their keys.
 */
export function contentHash(content: QuoteContent): string {
  const text = canonicalize(content)
  if (text === undefined) throw new Error('The content of a quote is an object, which always has a JSON text.')
  return createHash('sha256').update(text).digest('hex')
}
