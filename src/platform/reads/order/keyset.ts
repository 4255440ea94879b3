import { and, join, or, type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'

/** One key of a total order. PostgreSQL's own rule for nulls holds: they count as greater than every value. */
export interface OrderKey {
  /** What it is ordered by, for the cursor's mark: `lastName ASC`. */
  readonly name: string
  readonly value: Sql
  /** Cast that turns the cursor's text into the key's type, such as `::timestamptz`. */
  readonly cast: Sql
  readonly direction: 'ASC' | 'DESC'
  readonly isNullable: boolean
}

/** Position of a row in an ordered list: the text of each key's value. */
export type Position = readonly (string | null)[]

/** ORDER BY of the keys, or of their reverse. */
export function orderBy(keys: readonly OrderKey[], isReversed: boolean): Sql {
  return join(
    keys.map((key) => ((key.direction === 'ASC') === isReversed ? sql`${key.value} desc` : sql`${key.value} asc`)),
  )
}

/**
 * Condition that a row comes after the position in the keys' order, or before it. With `orAt`, the row at it counts too.
 * Keys without nulls that share a direction become one row comparison, which an index answers in one descent.
 */
export function beyond(keys: readonly OrderKey[], position: Position, side: 'after' | 'before', orAt = false): Sql {
  const [first] = keys
  const isUniform = keys.every((key) => !key.isNullable && key.direction === first?.direction)
  if (first && isUniform) {
    const values = join(keys.map((key) => key.value))
    const bounds = join(keys.map((key, index) => sql`${position[index]}${key.cast}`))
    return compare(sql`(${values})`, sql`(${bounds})`, (first.direction === 'ASC') === (side === 'after'), orAt)
  }
  // (a > x) or (a = x and b > y) or …
  const alternatives: Sql[] = []
  const equal: Sql[] = []
  for (const [index, key] of keys.entries()) {
    const bound = position[index] ?? null
    const isGreater = (key.direction === 'ASC') === (side === 'after')
    const strictly = beyondOne(key, bound, isGreater)
    if (strictly) alternatives.push(and([...equal, strictly]))
    equal.push(bound === null ? sql`${key.value} is null` : sql`${key.value} = ${bound}${key.cast}`)
  }
  if (orAt) alternatives.push(and(equal))
  return or(alternatives)
}

function beyondOne(key: OrderKey, bound: string | null, isGreater: boolean): Sql | null {
  if (bound === null) return isGreater ? null : sql`${key.value} is not null`
  const comparison = compare(key.value, sql`${bound}${key.cast}`, isGreater, false)
  return isGreater && key.isNullable ? sql`(${comparison} or ${key.value} is null)` : comparison
}

function compare(left: Sql, right: Sql, isGreater: boolean, orEqual: boolean): Sql {
  if (isGreater) return orEqual ? sql`${left} >= ${right}` : sql`${left} > ${right}`
  return orEqual ? sql`${left} <= ${right}` : sql`${left} < ${right}`
}

/** Mark of a list and its order: a cursor is good for the list that made it, and no other. */
export function cursorMark(coordinate: string, keys: readonly OrderKey[]): string {
  let hash = 0x811c9dc5
  for (const character of `${coordinate}|${keys.map((key) => `${key.name} ${key.direction}`).join(',')}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

export function encodeCursor(mark: string, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([mark, ...position])).toString('base64url')
}

/** Position of a cursor of this list. Throws BAD_USER_INPUT for a malformed cursor or one of another list or order. */
export function decodeCursor(argument: string, cursor: string, mark: string, keys: readonly OrderKey[]): Position {
  const refuse = (why: string) =>
    badUserInput(`Argument \`${argument}\`: ${why} Pass a cursor that this list gave, with the same orderBy.`)
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw refuse('not a cursor.')
  }
  if (!Array.isArray(parts) || parts.length !== keys.length + 1) throw refuse('not a cursor of this list.')
  if (parts[0] !== mark) throw refuse('the cursor belongs to another list or another order.')
  return parts.slice(1).map((part: unknown) => {
    if (part === null) return null
    if (typeof part !== 'string' || part.includes('\u0000')) throw refuse('not a cursor of this list.')
    return part
  })
}
