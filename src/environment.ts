/**
 * Returns the Zod error option for an environment variable with a wrong value: the message contains the value and what
 * is expected instead.
 */
export function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => `is ${JSON.stringify(issue.input)}; expected ${what}` }
}

/** Returns the items of a list that are separated by commas or white space. */
export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '')
}
