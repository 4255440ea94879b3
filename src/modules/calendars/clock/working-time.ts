/** Hours of a weekday in which work is done, on the clock on the wall. */
export interface WorkingHours {
  /** 1 for Monday to 7 for Sunday, as in ISO 8601. */
  readonly weekday: number
  /** Minutes after midnight, from 0 to 1439. */
  readonly from: number
  /** Minutes after midnight, above `from`, up to 1440. */
  readonly to: number
}

/** When work is done: an instant counts if a clock on the wall in the time zone shows a time within the hours. */
export interface WorkingTime {
  /** Name of the IANA database, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly hours: readonly WorkingHours[]
  /** Days without work, such as `2026-12-25`. */
  readonly holidays: ReadonlySet<string>
}

/** A period from an instant up to, and without, another one. Both are milliseconds since 1970 in UTC. */
export interface Period {
  readonly from: number
  readonly to: number
}

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000
