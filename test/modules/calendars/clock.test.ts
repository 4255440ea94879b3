import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Counting,
  countedUntil,
  deadlineOf,
  type Pause,
  pausedUntil,
} from '../../../src/modules/calendars/clock/deadline.ts'
import { MINUTE_MS, type WorkingTime } from '../../../src/modules/calendars/clock/working-time.ts'
import { workingMinutes, ZONES } from './minutes.ts'

/** Situations: of `npm test` always the same, of `npm run fuzz` twice as many as queries, and others each time. */
const { FUZZ_QUERIES } = process.env
const RUNS = FUZZ_QUERIES === undefined ? 10_000 : Number(FUZZ_QUERIES) * 2
const SEED = FUZZ_QUERIES === undefined ? 20_261_130 : randomInt(2 ** 31)
/** Minutes that the oracle looks at, at most: more than a week. */
const LIMIT = 8 * 1_440

const hours = fc
  .record({
    weekday: fc.integer({ min: 1, max: 7 }),
    from: fc.oneof(fc.constantFrom(0, 60, 120, 540), fc.nat(1_439)),
    length: fc.oneof(fc.constantFrom(60, 480, 1_440), fc.integer({ min: 1, max: 1_440 })),
  })
  .map(({ weekday, from, length }) => ({ weekday, from, to: Math.min(from + length, 1_440) }))

/** Instants in minutes since 1970: around the changes of the clocks in both hemispheres, and at any other time. */
const CHANGES = ['2025-03-30', '2025-04-06', '2025-10-05', '2025-10-26', '2025-03-09', '2025-11-02', '2024-12-31']
const instant = fc.oneof(
  fc
    .record({ day: fc.constantFrom(...CHANGES), minutes: fc.integer({ min: -4_000, max: 2_000 }) })
    .map(({ day, minutes }) => Date.parse(`${day}T00:00:00Z`) / MINUTE_MS + minutes),
  fc.integer({ min: Date.UTC(2024, 0, 1) / MINUTE_MS, max: Date.UTC(2025, 11, 1) / MINUTE_MS }),
)

const calendar: fc.Arbitrary<WorkingTime> = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  hours: fc.array(hours, { minLength: 1, maxLength: 12 }),
  holidays: fc
    .array(instant, { maxLength: 4 })
    .map((days) => new Set(days.map((minute) => new Date(minute * MINUTE_MS).toISOString().slice(0, 10)))),
})

/** Pauses in minutes after the start. */
const pauses = fc.array(
  fc.record({
    after: fc.integer({ min: -500, max: 3_000 }),
    length: fc.oneof({ arbitrary: fc.nat(2_000), weight: 9 }, { arbitrary: fc.constant(null), weight: 1 }),
  }),
  { maxLength: 5 },
)

const situation = fc.record({
  calendar: fc.option(calendar, { freq: 20 }),
  start: instant,
  pauses,
  target: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 2_000 })),
})

describe('the clock of deadlines', () => {
  it(`agrees with counting minute by minute, for random calendars, time zones, changes of the clocks and pauses`, () => {
    fc.assert(
      fc.property(situation, ({ calendar, start, pauses, target }) => {
        const paused = pauses.map(({ after, length }) => [
          start + after,
          length === null ? Infinity : start + after + length,
        ])
        const counting: Counting = {
          calendar,
          startedAt: start * MINUTE_MS,
          pauses: paused.map(
            ([from = 0, to = 0]): Pause => ({ from: from * MINUTE_MS, to: to === Infinity ? null : to * MINUTE_MS }),
          ),
        }
        const isWorking = calendar ? workingMinutes(calendar) : () => true
        let counted = 0
        let working = 0
        let minute = start
        const end = start + LIMIT
        for (; minute < end && counted < target; minute++) {
          if (!isWorking(minute)) continue
          working++
          if (!paused.some(([from = 0, to = 0]) => from <= minute && minute < to)) counted++
        }
        const deadline = deadlineOf(counting, target * MINUTE_MS)
        if (counted === target) expect(deadline.at).toBe(minute * MINUTE_MS)
        else expect(deadline.at ?? Infinity).toBeGreaterThan(minute * MINUTE_MS)
        expect(countedUntil(counting, minute * MINUTE_MS)).toBe(counted * MINUTE_MS)
        expect(pausedUntil(counting, minute * MINUTE_MS)).toBe((working - counted) * MINUTE_MS)
        const sum = deadline.intervals.reduce((sum, { from, to }) => sum + to - from, 0)
        if (deadline.at !== null) expect(sum).toBe(target * MINUTE_MS)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  }, 3_600_000)
})
