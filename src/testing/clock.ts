/** The time as a test sets it. It stands still in between. */
export interface TestClock {
  now(): Date
  set(now: Date): void
  advance(milliseconds: number): void
}

/** A clock that stands at a time. */
export function createTestClock(start: Date): TestClock {
  let time = start.getTime()
  return {
    now: () => new Date(time),
    set(now) {
      time = now.getTime()
    },
    advance(milliseconds) {
      time += milliseconds
    },
  }
}
