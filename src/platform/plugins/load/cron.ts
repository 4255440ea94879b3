/** Smallest and largest value of each of the five fields: minute, hour, day, month and day of the week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const

const PART = /^(?:\*(?:\/(?<step>\d+))?|(?<from>\d+)(?:-(?<to>\d+))?)$/

/** The values at which each field of a cron expression matches. Months are 1 to 12, and Sunday is 0. */
export interface Cron {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
}

/**
 * Parses five cron fields in the syntax of the job queue: `*`, `*\/5`, `3`, `1-5`, and lists of these. Returns null for
 * any other text.
 */
export function parseCron(text: string): Cron | null {
  const fields = text.split(/\s+/)
  if (fields.length !== FIELDS.length) return null
  const [minutes, hours, days, months, weekdays] = FIELDS.map(([smallest, largest], index) =>
    fieldValues(fields[index] ?? '', smallest, largest),
  )
  return minutes && hours && days && months && weekdays ? { minutes, hours, days, months, weekdays } : null
}

/** Whether a text is a cron expression that the job queue understands. */
export function isCron(text: string): boolean {
  return parseCron(text) !== null
}

function fieldValues(field: string, smallest: number, largest: number): ReadonlySet<number> | null {
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const groups = PART.exec(part)?.groups
    if (!groups) return null
    const from = Number(groups['from'] ?? smallest)
    const to = Number(groups['to'] ?? groups['from'] ?? largest)
    const step = Number(groups['step'] ?? 1)
    // The queue refuses a range of one value, such as `3-3`.
    const isRange = groups['to'] === undefined || from < to
    if (from < smallest || to > largest || from > to || !isRange || step < 1) return null
    for (let value = from; value <= to; value += step) values.add(value)
  }
  return values
}
