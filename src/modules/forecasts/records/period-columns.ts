import { z } from 'zod'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { type FiscalPeriod, periodProblems } from '../fiscal-period.ts'

/** The columns with the period of a record. `periodErrors` checks what a single column can't say. */
export const periodColumns = {
  year: { input: z.int() },
  quarter: { input: z.int() },
  month: { input: z.int() },
} as const

/** Returns user errors for a period of which a record is created or to which it is changed. */
export function periodErrors(period: FiscalPeriod): UserError[] {
  return periodProblems(period).map(({ field, message }) => invalid(['input', field], message))
}
