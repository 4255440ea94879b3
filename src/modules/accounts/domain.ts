import { domainToASCII } from 'node:url'
import { z } from 'zod'

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Parses a domain name or URL that people typed: `https://www.Acme.example/about` becomes `acme.example`. */
export const domainName = z
  .string()
  .max(2_000)
  .transform((value, context) => {
    const domain = normaliseDomain(value)
    if (domain) return domain
    context.addIssue({ code: 'custom', message: 'A domain looks like acme.example.' })
    return z.NEVER
  })

function normaliseDomain(value: string): string | null {
  const text = value.trim()
  // domainToASCII would remove a line break and join the text before and after it.
  if (/\s/.test(text)) return null
  const host = text.replace(/^[a-z]+:\/\//i, '').split(/[/?#:]/, 1)[0]
  const ascii = domainToASCII(host ?? '')
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
  const labels = ascii.split('.')
  return labels.length > 1 && ascii.length <= 253 && labels.every((label) => LABEL.test(label)) ? ascii : null
}
