/** What one check of a plugin found. */
export interface Finding {
  /** What was looked at, such as `only declares on import`. */
  readonly check: string
  /** What is wrong and what to do, a sentence each; empty when it is well. */
  readonly problems: readonly string[]
  /** What could not be looked at, and why. */
  readonly notes?: readonly string[]
}

/** Runs a check: what it throws is what it found. */
export async function finding(
  check: string,
  look: () => Promise<readonly string[] | Omit<Finding, 'check'>> | readonly string[] | Omit<Finding, 'check'>,
): Promise<Finding> {
  try {
    const found = await look()
    return 'problems' in found ? { check, ...found } : { check, problems: found }
  } catch (error) {
    return { check, problems: [error instanceof Error ? error.message : String(error)] }
  }
}
