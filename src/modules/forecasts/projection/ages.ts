/** Ages in days at which the next interval of the life table begins: narrow where most deals are decided. */
const BOUNDS = [0, 3, 7, 14, 21, 30, 45, 60, 75, 90, 105, 120, 135, 150, 180, 240, 365, 730] as const

/** Number of intervals. */
export const AGES = BOUNDS.length

const LAST = BOUNDS[BOUNDS.length - 1] ?? 0
const INTERVALS = Uint8Array.from({ length: LAST + 1 }, (_, age) => BOUNDS.findLastIndex((bound) => bound <= age))

/** Returns the interval in which an age lies. */
export function intervalOf(age: number): number {
  return INTERVALS[Math.min(age, LAST)] ?? 0
}

/** Returns the age at which the next interval begins. */
export function nextBound(age: number): number {
  return BOUNDS[intervalOf(age) + 1] ?? Number.POSITIVE_INFINITY
}
