import { z } from 'zod'

/** Maximum length of an address in SMTP. */
const MAX_LENGTH = 254

/** Schema of an e-mail address. The result is in lower case, without white space around it. */
export const emailAddress = z
  .string()
  .max(MAX_LENGTH, `At most ${MAX_LENGTH} characters.`)
  .trim()
  .toLowerCase()
  .pipe(z.email('An e-mail address looks like ada@acme.example.'))
