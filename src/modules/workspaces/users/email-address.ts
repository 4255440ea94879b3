import { z } from 'zod'

/** Maximum length of an address in SMTP. */
const MAX_LENGTH = 254

/** Parses the e-mail address that a user signs in with, and converts it to lower case. */
export const emailAddress = z
  .string()
  .max(MAX_LENGTH, `At most ${MAX_LENGTH} characters.`)
  .trim()
  .toLowerCase()
  .pipe(z.email('An e-mail address looks like ada@acme.example.'))
