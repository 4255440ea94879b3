import fc from 'fast-check'
import { parseCronItem } from 'graphile-worker'
import { describe, expect, it } from 'vitest'
import { nextScheduled } from '../../../src/platform/jobs/next-scheduled.ts'
import { isCron } from '../../../src/platform/plugins/load/cron.ts'

const MINUTE_MS = 60_000

/** Whether the job queue would run a job with this schedule at this minute; throws when it refuses the schedule. */
function runsAt(schedule: string, time: Date): boolean {
  const { match } = parseCronItem({ task: 'task', match: schedule })
  return match({
    min: time.getUTCMinutes(),
    hour: time.getUTCHours(),
    date: time.getUTCDate(),
    month: time.getUTCMonth() + 1,
    dow: time.getUTCDay(),
  })
}

function fieldOf(smallest: number, largest: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: smallest, max: largest })
  const part = fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.integer({ min: 1, max: largest }).map((step) => `*/${step}`),
    fc.tuple(value, value).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
  )
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','))
}

const schedules = fc
  .tuple(fieldOf(0, 59), fieldOf(0, 23), fieldOf(1, 31), fieldOf(1, 12), fieldOf(0, 6))
  .map((fields) => fields.join(' '))
  .filter(isCron)
const times = fc.date({ min: new Date('2020-01-01'), max: new Date('2110-01-01'), noInvalidDate: true })

describe('the next time of a schedule', () => {
  it('is the first minute at which the job queue runs the job', () => {
    fc.assert(
      fc.property(schedules, times, (schedule, after) => {
        const next = nextScheduled(schedule, after)
        const last = next?.getTime() ?? after.getTime() + 400 * MINUTE_MS
        if (next) expect([schedule, runsAt(schedule, next), next.getTime() % MINUTE_MS]).toEqual([schedule, true, 0])
        const first = Math.floor(after.getTime() / MINUTE_MS + 1) * MINUTE_MS
        // The minutes of the last days before the result are all tried; of a longer time, the first ones too.
        const tried = [first, Math.max(first, last - 2_000 * MINUTE_MS)]
        for (const from of tried)
          for (let time = from; time < Math.min(last, from + 2_000 * MINUTE_MS); time += MINUTE_MS)
            if (runsAt(schedule, new Date(time))) expect.fail(`${schedule} runs before ${next?.toISOString()}`)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['0 6 * * *', '2026-03-01T06:00:00Z', '2026-03-02T06:00:00.000Z'],
    ['0 6 * * *', '2026-03-01T05:59:59.999Z', '2026-03-01T06:00:00.000Z'],
    ['*/20 * * * *', '2026-12-31T23:45:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00.000Z'],
    ['0 0 13 * 5', '2026-01-10T00:00:00Z', '2026-01-13T00:00:00.000Z'],
  ])('%s after %s is %s', (schedule, after, next) => {
    expect(nextScheduled(schedule, new Date(after))?.toISOString()).toBe(next)
  })

  it('is null for a schedule that never comes', () => {
    expect(nextScheduled('0 0 30 2 *', new Date())).toBeNull()
  })
})

describe('a schedule that a plugin may declare', () => {
  it('is accepted only when the job queue accepts it', () => {
    const texts = fc.oneof(
      schedules,
      fc.stringMatching(/^[0-9*,\-/ ]{1,20}$/),
      fc.constantFrom(' 0 6 * * *', '3-3 * * * *'),
    )
    fc.assert(
      fc.property(texts, (text) => {
        if (isCron(text)) expect(() => runsAt(text, new Date())).not.toThrow()
      }),
    )
    for (const text of [
      ' 0 6 * * *',
      '0 6 * * * ',
      '3-3 * * * *',
      '5-3 * * * *',
      '*/0 * * * *',
      '60 * * * *',
      '* * * *',
    ])
      expect([text, isCron(text)]).toEqual([text, false])
  })
})
