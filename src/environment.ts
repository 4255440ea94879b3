/** What is wrong with a variable of the environment: its value, and what is expected instead. */
export function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => `is ${JSON.stringify(issue.input)}; expected ${what}` }
}

/** The parts of a text, with commas or white space between them. */
export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}
