import { z } from 'zod'

const CODE = /^[A-Z]{2}$/
// Codes that do not stand for a country, although `Intl` has names for most of them: unions such as EU, codes for
// private use, and placeholders.
const NO_COUNTRY = /^(?:EU|EZ|UN|Q[M-Z]|X[A-JL-Z]|ZZ|AA)$/

/** Schema of a country code of ISO 3166-1: `DE`. Checks the form of the code, not whether the country exists. */
export const countryCode = z.string().regex(CODE, 'A country is an ISO 3166-1 code of two capitals, such as DE.')

let codesByName: ReadonlyMap<string, string> | null = null

/**
 * Schema of a country in an imported file: its code, `DE`, or its English name in any case, `Germany`. The result is
 * the code.
 */
export const countryCell = z
  .string()
  .trim()
  .transform((text, context) => {
    const code = CODE.test(text) ? text : codeByName(text)
    if (code) return code
    context.addIssue({
      code: 'custom',
      message: 'A country is an ISO 3166-1 code of two capitals, such as DE, or its English name.',
    })
    return z.NEVER
  })

function codeByName(name: string): string | undefined {
  codesByName ??= createCodesByName()
  return codesByName.get(name.toLowerCase())
}

/** Returns the country codes by English name in lower case. `Intl` has the names from the Unicode CLDR. */
function createCodesByName(): ReadonlyMap<string, string> {
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

/**
 * Whether a code stands for a country that exists. For a withdrawn code `Intl.DisplayNames` returns the name of the
 * successor: `Russia` for SU. `Intl.Locale` replaces a withdrawn code by the successor's code (SU by RU), so a code
 * that it leaves unchanged is not withdrawn.
 */
function isCountry(code: string): boolean {
  return !NO_COUNTRY.test(code) && new Intl.Locale(`und-${code}`).region === code
}
