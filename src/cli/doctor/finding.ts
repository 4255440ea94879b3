/** One result of examining an installation, printed as one line. */
export interface Finding {
  readonly state: 'good' | 'warning' | 'problem'
  /** What was examined, such as `Migrations`. */
  readonly subject: string
  /** Describes the state and, unless it is good, what the operator should do. */
  readonly message: string
}

const LABELS = { good: 'ok', warning: 'warning', problem: 'PROBLEM' } as const

/** Returns a finding as one line of text. */
export function formatFinding({ state, subject, message }: Finding): string {
  return `${LABELS[state].padEnd(8)} ${subject}: ${message}`
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
