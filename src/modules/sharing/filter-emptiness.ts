import { NULL_OPERATORS } from '../../platform/reads/filter/operands.ts'
import { MODE } from '../../platform/reads/filter/operators.ts'

/**
 * Returns an error message when a part of a filter, at any depth, has no condition, such as `{ industry: {} }`;
 * otherwise null. A list ignores such a part, so that clients can leave a variable unset. In a sharing rule, such a
 * part would share more records than intended, or all records of the object.
 */
export function emptyPart(filter: unknown): string | null {
  const empty = emptyPath(filter, [])
  if (empty === null) return null
  const where = empty.length === 0 ? 'The filter' : `${empty.join('.')} in the filter`
  return `${where} has no condition, so the rule would share more records than intended. To share all records of an object on purpose, give a role the permission without a scope, such as account:read.`
}

/**
 * Returns the path of the first part without a condition, or null when every part has a condition. A null value is a
 * condition only for the filter operators that accept null, such as `is`.
 */
function emptyPath(part: unknown, path: readonly string[]): readonly string[] | null {
  if (part === null) return NULL_OPERATORS.has(path.at(-1) ?? '') ? null : path
  if (typeof part !== 'object') return null
  const entries = Object.entries(part)
  // `mode`, which says whether upper and lower case matter, is not a condition by itself.
  if (!Array.isArray(part) && entries.every(([name]) => name === MODE.field)) return path
  if (entries.length === 0) return path
  for (const [name, value] of entries) {
    const empty = emptyPath(value, [...path, name])
    if (empty) return empty
  }
  return null
}
