import { createHash } from 'node:crypto'

/** Returns the content security policy of a page: its own style sheet, images within the page, and forms to this server. */
export function pagePolicy(styles: string): string {
  const hash = createHash('sha256').update(styles).digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
}
