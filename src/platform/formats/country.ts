import { z } from 'zod'

const CODE = /^[A-Z]{2}$/
// Codes with a name that are no country: unions, private use and placeholders.
const NO_COUNTRY = /^(?:EU|EZ|UN|Q[M-Z]|X[A-JL-Z]|ZZ|AA)$/

/** A country by its ISO 3166-1 code: `DE`. */
export const countryCode = z.string().regex(CODE, 'A country is an ISO 3166-1 code of two capitals, such as DE.')

let codesByName: ReadonlyMap<string, string> | null = null

/** A country as files have it, by its code or its English name, `Germany`, as its code. */
export const countryCell = z
  .string()
  .trim()
  .transform((text, context) => {
    const code = CODE.test(text) ? text : codeNamed(text)
    if (code) return code
    context.addIssue({
      code: 'custom',
      message: 'A country is an ISO 3166-1 code of two capitals, such as DE, or its English name.',
    })
    return z.NEVER
  })

function codeNamed(name: string): string | undefined {
  codesByName ??= readNames()
  return codesByName.get(name.toLowerCase())
}

/** Names as the Unicode Common Locale Data Repository has them, by way of Intl. */
function readNames(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`)).filter(isCountry)
  return new Map(
    codes.flatMap((code) => {
      const name = names.of(code)
      return name === undefined ? [] : [[name.toLowerCase(), code] as const]
    }),
  )
}

/** Codes that were withdrawn, such as SU, have a successor and its name. */
function isCountry(code: string): boolean {
  return !NO_COUNTRY.test(code) && new Intl.Locale(`und-${code}`).region === code
}
