import { z } from 'zod'

/** Length of the longest address that SMTP carries. */
const MAX_LENGTH = 254

/** The e-mail address that a person signs in with, in lower case. */
export const emailAddress = z
  .string()
  .max(MAX_LENGTH, `At most ${MAX_LENGTH} characters.`)
  .trim()
  .toLowerCase()
  .pipe(z.email('An e-mail address looks like ada@acme.example.'))
