/** What one look at an installation found. */
export interface Finding {
  readonly state: 'good' | 'warning' | 'problem'
  readonly subject: string
  /** What it is and, unless it is good, what to do. */
  readonly message: string
}

const MARKS = { good: 'ok', warning: 'warning', problem: 'PROBLEM' } as const

/** A finding as one line of text. */
export function formatFinding({ state, subject, message }: Finding): string {
  return `${MARKS[state].padEnd(8)} ${subject}: ${message}`
}

export function good(subject: string, message: string): Finding {
  return { state: 'good', subject, message }
}

export function warning(subject: string, message: string): Finding {
  return { state: 'warning', subject, message }
}

export function problem(subject: string, message: string): Finding {
  return { state: 'problem', subject, message }
}
