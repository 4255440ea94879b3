import { NULL_OPERATORS } from './operands.ts'
import { MODE } from './operators.ts'

/**
 * Returns where a filter, at any depth, has a part without a condition, such as `{ industry: {} }`: the subject of an error
 * message, such as `industry in the filter`; null when every part has a condition. A list ignores such a part, so that clients can
 * leave a variable unset. In a filter that a record stores, it would let more records pass than its author meant.
 */
export function emptyPart(filter: unknown): string | null {
  const empty = emptyPath(filter, [])
  if (empty === null) return null
  return empty.length === 0 ? 'The filter' : `${empty.join('.')} in the filter`
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
