import type { Finding } from '../finding.ts'

/** Collects what the runs of a plugin's parts have shown. */
export interface PartReport {
  /**
   * Reports a failure of a part. Further failures of the part with the same text are left out: the first sample shows
   * the problem.
   * @param part Name of the part, with its kind: `job courses.remind`.
   * @param sample How it was run: ` as member with {"id":1}`.
   * @param text Why it failed.
   */
  failed(part: string, sample: string, text: string): void
  /** Reports what could not be run, with the reason. */
  notRun(note: string): void
  result(): Omit<Finding, 'check'>
}

export function createPartReport(): PartReport {
  const problems = new Map<string, string>()
  const notes = new Set<string>()
  return {
    failed(part, sample, text) {
      const key = `${part} ${text}`
      if (!problems.has(key)) problems.set(key, `${part} fails${sample}: ${text}`)
    },
    notRun: (note) => void notes.add(note),
    result: () => ({ problems: [...problems.values()], notes: [...notes] }),
  }
}
