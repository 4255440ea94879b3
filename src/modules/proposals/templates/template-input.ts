import { z } from 'zod'
import { text } from '../../../platform/declare/objects/column-input.ts'

/** Largest logo, in bytes. */
const MAX_LOGO_BYTES = 200_000
const BASE64_LENGTH = Math.ceil(MAX_LOGO_BYTES / 3) * 4

/** Schema of a locale: a BCP 47 tag of a language that Node has the data of; returns its canonical form. */
export const localeInput = text(35)
  .refine(isKnownLocale, 'A locale is a BCP 47 tag of a known language, such as en, de-DE or fr-CH.')
  .transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag)

function isKnownLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length === 1
  } catch {
    return false
  }
}

/** Schema of a colour; returns it in lower case. */
export const colorInput = text(7)
  .regex(/^#[\da-f]{6}$/i, 'A colour is # and six hexadecimal digits, such as #1f4e79.')
  .toLowerCase()

/** Schema of a logo in Base64. An empty text is no logo. */
export const logoInput = z
  .string()
  .max(BASE64_LENGTH, `A logo has at most ${MAX_LOGO_BYTES / 1000} kB.`)
  .refine((logo) => logo === '' || isImage(logo), 'A logo is a PNG or JPEG in Base64.')
  .transform((logo) => logo || null)

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const JPEG = [0xff, 0xd8, 0xff]

/** Whether a text is the Base64 of something that begins like a PNG or a JPEG. */
function isImage(base64: string): boolean {
  if (!/^[\w+/]+={0,2}$/.test(base64)) return false
  const bytes = Buffer.from(base64, 'base64')
  return [PNG, JPEG].some((signature) => signature.every((byte, index) => bytes[index] === byte))
}
