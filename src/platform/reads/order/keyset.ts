import { and, join, or, type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'

/** One column of a total order. Nulls count as greater than every value, as in PostgreSQL. */
export interface OrderKey {
  /** Name of the field, such as `lastName`; `rank` for the rank of a search. It is part of the cursor's mark. */
  readonly name: string
  readonly value: Sql
  /** Cast that turns the cursor's text into the key's type, such as `::timestamptz`. */
  readonly cast: Sql
  readonly direction: 'ASC' | 'DESC'
  readonly isNullable: boolean
}

/** Position of a row in an ordered list: the text of each key's value. */
export type Position = readonly (string | null)[]

/** Returns the expressions for ORDER BY. With `isReversed`, every direction is the opposite. */
export function orderBy(keys: readonly OrderKey[], isReversed: boolean): Sql {
  return join(
    keys.map((key) => ((key.direction === 'ASC') === isReversed ? sql`${key.value} desc` : sql`${key.value} asc`)),
  )
}

/**
 * Returns the condition that a row comes after the position in the order of the keys, or before it. With `orAt`, the
 * row at the position meets the condition too. When no key is nullable and all keys have the same direction, the
 * condition is one comparison of row values, for which PostgreSQL can start an index scan at the position.
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

/**
 * Returns the condition that the value of one key is greater than the bound, or less when `isGreater` is false. Returns
 * null when no value can be greater: a null bound counts as greater than every value.
 */
function beyondOne(key: OrderKey, bound: string | null, isGreater: boolean): Sql | null {
  if (bound === null) return isGreater ? null : sql`${key.value} is not null`
  const comparison = compare(key.value, sql`${bound}${key.cast}`, isGreater, false)
  return isGreater && key.isNullable ? sql`(${comparison} or ${key.value} is null)` : comparison
}

function compare(left: Sql, right: Sql, isGreater: boolean, orEqual: boolean): Sql {
  if (isGreater) return orEqual ? sql`${left} >= ${right}` : sql`${left} > ${right}`
  return orEqual ? sql`${left} <= ${right}` : sql`${left} < ${right}`
}

/**
 * Returns the mark that the cursors of a list contain: a hash of the list's schema coordinate and its order. A list
 * refuses cursors with another mark, which come from another list or another order.
 */
export function cursorMark(coordinate: string, keys: readonly OrderKey[]): string {
  let hash = 0x811c9dc5
  for (const character of `${coordinate}|${keys.map((key) => `${key.name} ${key.direction}`).join(',')}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** Encodes a row's position as a cursor of the list with this mark. */
export function encodeCursor(mark: string, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([mark, ...position])).toString('base64url')
}

/**
 * Returns the position in a cursor.
 * @param argument `after` or `before`, for messages.
 * @throws GraphQLError BAD_USER_INPUT when the cursor is malformed, or is a cursor of another list or order.
 */
export function decodeCursor(argument: string, cursor: string, mark: string, keys: readonly OrderKey[]): Position {
  const refuse = (why: string) =>
    badUserInput(`Argument \`${argument}\`: ${why} Pass a cursor that this list returned, with the same orderBy.`)
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
