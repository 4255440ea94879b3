/** Operators that null means something to: `{ owner: { is: null } }` is met by what nobody owns. */
const TAKE_NULL: ReadonlySet<string> = new Set(['equals', 'not', 'is', 'isNot'])

/**
 * Why a filter is met by more records than it looks like, or null: a part of it, at any depth, asks nothing. A list leaves out
 * what is null, as where a variable was not set; a rule that is kept would share everything by it.
 */
export function emptyPart(filter: unknown): string | null {
  const empty = emptyPath(filter, [])
  if (empty === null) return null
  const where = empty.length === 0 ? 'The filter' : `${empty.join('.')} in the filter`
  return `${where} has no condition, so that it would share more than it says. To share all records of an object on purpose, give a role the permission without a scope, such as account:read.`
}

function emptyPath(part: unknown, path: readonly string[]): readonly string[] | null {
  if (part === null) return TAKE_NULL.has(path.at(-1) ?? '') ? null : path
  if (typeof part !== 'object') return null
  const entries = Object.entries(part)
  // How text is compared is no condition by itself.
  if (!Array.isArray(part) && entries.every(([name]) => name === 'mode')) return path
  if (entries.length === 0) return path
  for (const [name, value] of entries) {
    const empty = emptyPath(value, [...path, name])
    if (empty) return empty
  }
  return null
}
