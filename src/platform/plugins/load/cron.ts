/** Smallest and largest value of each of the five fields: minute, hour, day, month and day of the week. */
const FIELDS: readonly (readonly [smallest: number, largest: number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
]

const PART = /^(?:\*(?:\/(?<step>\d+))?|(?<from>\d+)(?:-(?<to>\d+))?)$/

/** Whether a text is five cron fields in the syntax of the job queue: `*`, `*\/5`, `3`, `1-5`, and lists of these. */
export function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/)
  return (
    fields.length === FIELDS.length &&
    FIELDS.every(([smallest, largest], index) =>
      (fields[index] ?? '').split(',').every((part) => {
        const groups = PART.exec(part)?.groups
        if (!groups) return false
        const from = Number(groups['from'] ?? smallest)
        const to = Number(groups['to'] ?? from)
        return from >= smallest && to <= largest && from <= to && groups['step'] !== '0'
      }),
    )
  )
}
