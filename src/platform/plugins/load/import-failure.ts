/**
 * Returns why an import failed, with `file:line:column` when Node reports them, as for a syntax error in TypeScript.
 */
export function importFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const location = locationOf(error.stack ?? '')
  return location === null || error.message.includes(location) ? error.message : `${error.message} (${location})`
}

/**
 * Returns `file:line:column` from a stack, or null. The stack of such an error begins with the file and line. Then come
 * the source line and a line with `^` under the column.
 */
function locationOf(stack: string): string | null {
  const [head = '', ...rest] = stack.split('\n')
  const match = /^(?:file:\/\/)?(\/.+|[A-Za-z]:.+):(\d+)$/.exec(head)
  if (match === null) return null
  const caretLine = rest.find((text) => /^\s*\^+\s*$/.test(text))
  // The URL of a file that is imported again has a query (see readListedPlugins).
  const file = match[1]?.replace(/\?[^/?]*$/, '')
  return caretLine === undefined ? `${file}:${match[2]}` : `${file}:${match[2]}:${caretLine.indexOf('^') + 1}`
}
