import { at } from '../../../src/testing/answers.ts'
import { type Listed, startOf } from './oracle.ts'

/** Time zone of the workspace. */
export const ZONE = 'America/New_York'
/** Month in which the fiscal year of the workspace begins. */
export const FISCAL_START = 4

/** The fields of a group's key, by the values of `groupBy`. */
export const KEYS = {
  NAME: 'name',
  TYPE: 'type',
  INDUSTRY: 'industry',
  EMPLOYEE_COUNT: 'employeeCount',
  ANNUAL_REVENUE_CURRENCY: 'annualRevenueCurrency',
  OWNER: 'owner',
  ...Object.fromEntries(
    ['Day', 'Week', 'Month', 'Quarter', 'Year', 'FiscalQuarter', 'FiscalYear'].map((part) => [
      `CREATED_AT_${part.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`,
      `createdAt${part}`,
    ]),
  ),
} as const

/** Returns the day that a time has in the time zone of the workspace. */
const dayOf = (time: unknown) => new Date(String(time)).toLocaleDateString('en-CA', { timeZone: ZONE })

/** Returns the key of a listed account for a field of a group's key. */
export function keyOf(record: Listed, field: string): unknown {
  if (field === 'annualRevenueCurrency') return at(record, 'annualRevenue.currency') ?? null
  if (field === 'owner') return at(record, 'owner.id') ?? null
  const [, part] = /^createdAt(.+)$/.exec(field) ?? []
  return part === undefined ? (record[field] ?? null) : startOf(part, dayOf(record['createdAt']), FISCAL_START)
}
