/** How often one rule has run in this process, and how long. */
export interface RuleTiming {
  readonly name: string
  /** Id of the plugin. */
  readonly plugin: string
  readonly count: number
  /** Runs that threw or took too long. */
  readonly failures: number
  readonly totalMicroseconds: number
  readonly maxMicroseconds: number
}

const timings = new Map<string, { -readonly [Key in keyof RuleTiming]: RuleTiming[Key] }>()

/** Counts one run of a rule. `startedAt` and `endedAt` are times of `budgetNow()`, in milliseconds. */
export function countRun(plugin: string, name: string, startedAt: number, endedAt: number, isFailed: boolean): void {
  let timing = timings.get(name)
  if (!timing) {
    timing = { name, plugin, count: 0, failures: 0, totalMicroseconds: 0, maxMicroseconds: 0 }
    timings.set(name, timing)
  }
  const microseconds = (endedAt - startedAt) * 1_000
  timing.count++
  timing.totalMicroseconds += microseconds
  if (microseconds > timing.maxMicroseconds) timing.maxMicroseconds = microseconds
  if (isFailed) timing.failures++
}

/**
 * Returns the timings of the plugins' rules that have run since this process started. Rules of core are not measured.
 */
export function ruleTimings(): readonly RuleTiming[] {
  return [...timings.values()].map((timing) => ({ ...timing }))
}
