/** A clock whose time changes only when a test calls `set` or `advance`. */
export interface TestClock {
  now(): Date
  set(now: Date): void
  advance(milliseconds: number): void
}

/** Creates a clock whose initial time is `start`. */
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
