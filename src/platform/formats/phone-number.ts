import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { z } from 'zod'

/** Schema of a telephone number with its country code, `+49 30 901820`. The result is in E.164 form: `+4930901820`. */
export const phoneNumber = z
  .string()
  .max(50)
  .transform((value, context) => {
    const number = parsePhoneNumberFromString(value)
    if (number?.isValid()) return number.number as string
    context.addIssue({
      code: 'custom',
      message: 'A telephone number begins with + and the country code, such as +49 30 901820.',
    })
    return z.NEVER
  })
