/**
 * Returns a page with one sentence, for what concerns nobody's data. It is in English: of an address that is not valid
 * nothing is known, not even a language.
 * @param message Text without characters that HTML reserves.
 */
export function plainPage(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${message}</title></head>
<body><main><h1>${message}</h1></main></body>
</html>
`
  return new Response(html, { status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
}
