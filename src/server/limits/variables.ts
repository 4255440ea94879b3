import { type Limits, requireWithin } from './limits.ts'

// The assumed length of a number, a boolean or null, in characters.
const OTHER_LENGTH = 8

/**
 * Throws QUERY_TOO_COMPLEX when variables are too deeply nested, contain too many values or, with `onlyReads` (any
 * operation except a mutation), are too long. This has to be checked before coercion, which is recursive and would
 * overflow the stack. Therefore the check itself is a loop over the levels.
 */
export function checkVariables(variables: unknown, onlyReads: boolean, limits: Limits): void {
  if (variables === null || variables === undefined) return
  let values = 0
  let length = 0
  let level: unknown[] = [variables]
  for (let depth = 0; level.length > 0; depth++) {
    requireWithin(limits, 'nesting', depth)
    const next: unknown[] = []
    for (const value of level) {
      values++
      if (typeof value === 'string') length += value.length
      else if (value === null || typeof value !== 'object') length += OTHER_LENGTH
      else if (Array.isArray(value)) for (const element of value) next.push(element)
      else
        for (const [key, element] of Object.entries(value)) {
          length += key.length
          next.push(element)
        }
    }
    requireWithin(limits, 'variableValues', values + next.length)
    if (onlyReads) requireWithin(limits, 'queryVariables', length)
    level = next
  }
}
