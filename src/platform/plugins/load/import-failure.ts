/** Why an import failed, with `file:line:column` where Node tells them, as it does of a syntax error in TypeScript. */
export function importFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = placeOf(error.stack ?? '')
  return place === null || error.message.includes(place) ? error.message : `${error.message} (${place})`
}

/** Node puts the file with the line first, then the source, and below it a mark at the column. */
function placeOf(stack: string): string | null {
  const [head = '', ...rest] = stack.split('\n')
  const found = /^(?:file:\/\/)?(\/.+|[A-Za-z]:.+):(\d+)$/.exec(head)
  if (found === null) return null
  const mark = rest.find((text) => /^\s*\^+\s*$/.test(text))
  // The address of a file that is read again has a query.
  const file = found[1]?.replace(/\?[^/?]*$/, '')
  return mark === undefined ? `${file}:${found[2]}` : `${file}:${found[2]}:${mark.indexOf('^') + 1}`
}
