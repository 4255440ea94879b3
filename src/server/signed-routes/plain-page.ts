import { pagePolicy } from './page-policy.ts'

const STYLES = `
:root { color-scheme: light dark }
body { margin: 0; font: 1.125rem/1.5 system-ui, sans-serif; overflow-wrap: break-word }
main { max-width: 34rem; margin: 15vh auto 0; padding: 0 1.25rem }
h1 { font-size: 1.25rem; font-weight: 600; line-height: 1.4 }
`

/**
 * Returns a page with one sentence, for what concerns nobody's data. It is in English: of an address that is not valid
 * nothing is known, not even a language.
 * @param message Text without characters that HTML reserves.
 */
export function plainPage(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${message}</title>
<style>${STYLES}</style></head>
<body><main><h1>${message}</h1></main></body>
</html>
`
  return new Response(html, {
    status,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy(STYLES) },
  })
}
