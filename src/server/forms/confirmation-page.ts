const TEXTS = {
  ASKING: {
    title: 'Confirm your e-mail address',
    text: 'Confirm that you have sent us your e-mail address.',
    status: 200,
  },
  CONFIRMED: { title: 'Thank you', text: 'Your e-mail address is confirmed. You can close this page.', status: 200 },
  EXPIRED: {
    title: 'This address is not valid any more',
    text: 'It was used before, or it has expired. Send the form again to get another one.',
    status: 404,
  },
} as const

const STYLE =
  'body{font:1.125rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#f5f5f2}main{max-width:32rem;margin:15vh auto;padding:2rem;background:#fff;border-radius:.5rem}h1{font-size:1.5rem;margin:0 0 1rem}button{font:inherit;padding:.625rem 1.25rem;border:0;border-radius:.375rem;background:#0b57a4;color:#fff;cursor:pointer}button:focus-visible{outline:3px solid #f2a900;outline-offset:2px}'

/** Returns the page on which a person confirms an e-mail address, before or after it. */
export function confirmationPage(state: keyof typeof TEXTS): Response {
  const { title, text, status } = TEXTS[state]
  const form = state === 'ASKING' ? '<form method="post"><button type="submit">Confirm</button></form>' : ''
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1><p>${text}</p>${form}</main></body></html>
`
  return new Response(page, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    },
  })
}
