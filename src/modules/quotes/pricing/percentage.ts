import { z } from 'zod'
import { compareDecimals } from '../../../platform/formats/decimal.ts'

const MESSAGE = 'A percentage from 0 to 100, with at most four decimal places.'

/** Schema of a percentage from 0 to 100 that clients write. */
export const percentage = z
  .string()
  .refine((text) => (text.split('.', 2)[1]?.length ?? 0) <= 4, MESSAGE)
  .refine((text) => compareDecimals(text, '0') >= 0 && compareDecimals(text, '100') <= 0, MESSAGE)
