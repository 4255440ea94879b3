import type { Row } from '../../data/row.ts'
import { ident, type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'

const MAX_WORDS = 8
const MAX_LENGTH = 200

/** A full-text search in the table of a row. */
export interface Search {
  /** The row's table joined with what was found: records with the words, with words that begin so, or that are like them. */
  readonly from: Sql
  /** Higher is better: whole words and beginnings first, then likeness. */
  readonly rank: Sql
}

/**
 * Search for words in the records that `from` reads as `row`, by the database's function `<table>_search`. A text of no
 * letter or digit finds nothing; a blank one is no search, which is null. Throws BAD_USER_INPUT for more than can be searched for.
 */
export function searchFor(text: string, from: Sql, row: Row, alias: Sql): Search | null {
  if (text.trim() === '') return null
  if (text.length > MAX_LENGTH) throw badUserInput(`search takes ${MAX_LENGTH} characters at most.`)
  const words = text.match(/[\p{Letter}\p{Mark}\p{Number}]+/gu) ?? []
  if (words.length > MAX_WORDS) throw badUserInput(`search takes ${MAX_WORDS} words at most.`)
  const found = sql`${ident(`${row.model.table}_search`)}(${words.join(' ')}) ${alias}`
  return { from: sql`${from} join ${found} on ${alias}.id = ${row.column('id')}`, rank: sql`${alias}.rank` }
}
