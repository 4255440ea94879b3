import { NULL_OPERATORS } from '../../platform/reads/filter/operands.ts'
import { MODE } from '../../platform/reads/filter/operators.ts'

/**
 * Returns why a filter matches more records than it seems to, or null: a part of it, at any depth, has no condition. A list
 * query ignores such a part, as clients leave it when a variable is not set; a stored sharing rule would share everything.
 */
export function emptyPart(filter: unknown): string | null {
  const empty = emptyPath(filter, [])
  if (empty === null) return null
  const where = empty.length === 0 ? 'The filter' : `${empty.join('.')} in the filter`
  return `${where} has no condition, so that it would share more than it says. To share all records of an object on purpose, give a role the permission without a scope, such as account:read.`
}

function emptyPath(part: unknown, path: readonly string[]): readonly string[] | null {
  if (part === null) return NULL_OPERATORS.has(path.at(-1) ?? '') ? null : path
  if (typeof part !== 'object') return null
  const entries = Object.entries(part)
  // The mode of comparison is not a condition by itself.
  if (!Array.isArray(part) && entries.every(([name]) => name === MODE.field)) return path
  if (entries.length === 0) return path
  for (const [name, value] of entries) {
    const empty = emptyPath(value, [...path, name])
    if (empty) return empty
  }
  return null
}
