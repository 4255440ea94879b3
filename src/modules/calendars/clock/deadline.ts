import { workingPeriods } from './working-periods.ts'
import type { Period, WorkingTime } from './working-time.ts'

/** A time in which the clock stands still. `to` is null while it lasts. */
export interface Pause {
  readonly from: number
  readonly to: number | null
}

/** What is counted: the working time of a calendar from an instant on, without the pauses. */
export interface Counting {
  /** Null: around the clock. */
  readonly calendar: WorkingTime | null
  readonly startedAt: number
  /** In any order. They may overlap. */
  readonly pauses: readonly Pause[]
}

/** A deadline, and the working time that leads to it. */
export interface Deadline {
  /** Null when the time is never counted in full, as in a pause that lasts. */
  readonly at: number | null
  /** What was counted, in its order. The last one ends at the deadline. */
  readonly intervals: readonly Period[]
}

/**
 * Returns the first instant at which the working time since the start has been counted `milliseconds` long: 17:00, and not
 * the next morning, when work ends at 17:00 and that is exactly enough.
 * @param milliseconds above 0
 */
export function deadlineOf(counting: Counting, milliseconds: number): Deadline {
  const intervals: Period[] = []
  let left = milliseconds
  for (const { from, to } of countedPeriods(counting)) {
    const at = Math.min(to, from + left)
    const last = intervals.at(-1)
    if (last?.to === from) intervals[intervals.length - 1] = { from: last.from, to: at }
    else intervals.push({ from, to: at })
    left -= at - from
    if (left === 0) return { at, intervals }
  }
  return { at: null, intervals }
}

/** Returns the milliseconds that are counted up to an instant. */
export function countedUntil(counting: Counting, until: number): number {
  let counted = 0
  for (const { from, to } of countedPeriods(counting)) {
    if (from >= until) break
    counted += Math.min(to, until) - from
  }
  return counted
}

/** Returns the working time in milliseconds that was not counted up to an instant, because of pauses. */
export function pausedUntil(counting: Counting, until: number): number {
  return countedUntil({ ...counting, pauses: [] }, until) - countedUntil(counting, until)
}

/** The working periods without the pauses. Ends with a pause that has no end. */
function* countedPeriods({ calendar, startedAt, pauses }: Counting): Generator<Period> {
  const joined = joinPauses(pauses)
  let next = 0
  for (const period of workingPeriods(calendar, startedAt)) {
    let { from } = period
    while (next < joined.length) {
      const pause = joined[next]
      if (!pause || pause.from >= period.to) break
      if (pause.from > from) yield { from, to: pause.from }
      if (pause.to === null) return
      from = Math.max(from, pause.to)
      if (pause.to > period.to) break
      next++
    }
    if (from < period.to) yield { from, to: period.to }
  }
}

/** Returns the pauses in their order; those that overlap or touch are joined. */
function joinPauses(pauses: readonly Pause[]): Pause[] {
  const joined: Pause[] = []
  for (const pause of [...pauses].sort((one, other) => one.from - other.from)) {
    const last = joined.at(-1)
    if (last && (last.to === null || pause.from <= last.to)) {
      joined[joined.length - 1] = { from: last.from, to: latest(last.to, pause.to) }
    } else joined.push(pause)
  }
  return joined
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other)
}
