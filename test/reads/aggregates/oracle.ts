import { compareDecimals, sumDecimals } from '../../../src/platform/formats/decimal.ts'
import { at } from '../../../src/testing/answers.ts'

/** A record as a list shows it to the caller. */
export type Listed = Readonly<Record<string, unknown>>

/** Returns the first day of the part of the calendar that a day lies in. */
export function startOf(part: string, day: string, fiscalYearStartMonth: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const monthAt = (months: number) =>
    new Date(Date.UTC(Math.floor(months / 12), months % 12, 1)).toISOString().slice(0, 10)
  const shift = part.startsWith('Fiscal') ? fiscalYearStartMonth - 1 : 0
  // Months since the year 0, counted from the beginning of the year.
  const months = year * 12 + (month - 1) - shift
  switch (part.replace('Fiscal', '')) {
    case 'Day':
      return day
    case 'Week': {
      const weekday = (new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6) % 7
      return new Date(Date.UTC(year, month - 1, date - weekday)).toISOString().slice(0, 10)
    }
    case 'Month':
      return monthAt(year * 12 + month - 1)
    case 'Quarter':
      return monthAt(months - (months % 3) + shift)
    default:
      return monthAt(months - (months % 12) + shift)
  }
}

/** Groups records by what `keyOf` returns, in the order of their first records. */
export function groupsOf(records: readonly Listed[], keyOf: (record: Listed) => unknown): Map<string, Listed[]> {
  const groups = new Map<string, Listed[]>()
  for (const record of records) {
    const key = JSON.stringify(keyOf(record))
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return groups
}

/** Returns the values of a field that are not null. */
export function present(records: readonly Listed[], path: string): unknown[] {
  return records.map((record) => at(record, path) ?? null).filter((value) => value !== null)
}

/** Sum of decimals, or of whole numbers as a decimal without places; null for none. */
export function sumOf(values: readonly unknown[]): string | null {
  if (values.length === 0) return null
  const sum = sumDecimals(values.map(String))
  return values.every((value) => typeof value === 'number') ? sum.replace(/\.00$/, '') : sum
}

export function extremeOf(values: readonly unknown[], direction: 1 | -1): unknown {
  const compare = (one: unknown, other: unknown) =>
    typeof one === 'string' && /^\d{4}-/.test(one)
      ? one < String(other)
        ? -1
        : 1
      : compareDecimals(String(one), String(other))
  return values.reduce((best, value) => (best === null || compare(value, best) * direction > 0 ? value : best), null)
}
