import { failureText } from './failure-text.ts'

/** Result of one check of a plugin. */
export interface Finding {
  /** Name of the check, such as `only declares on import`. */
  readonly check: string
  /** What is wrong and what to do, one sentence each; empty when the check passes. */
  readonly problems: readonly string[]
  /** What could not be checked, with the reason. Notes do not make the check fail. */
  readonly notes?: readonly string[]
}

/** Runs a check and returns its finding. The message of an error that it throws becomes a problem. */
export async function runCheck(
  check: string,
  run: () => Promise<readonly string[] | Omit<Finding, 'check'>> | readonly string[] | Omit<Finding, 'check'>,
): Promise<Finding> {
  try {
    const result = await run()
    return 'problems' in result ? { check, ...result } : { check, problems: result }
  } catch (error) {
    return { check, problems: [failureText(error)] }
  }
}

/**
 * Adds to a failed finding that the other requirements were not checked. They are not reported one by one: each would
 * fail for the reason that the finding already gives.
 * @param what What was not checked and why, such as `everything else, because the plugin was not loaded`.
 */
export function withoutTheRest(finding: Finding, what: string): Finding {
  return { ...finding, notes: [...(finding.notes ?? []), what] }
}
