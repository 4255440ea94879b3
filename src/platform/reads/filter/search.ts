import type { Row } from '../../data/row.ts'
import { ident, type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'

/** Words that one search takes at most. */
const MAX_WORDS = 8
/** Characters that one search takes at most. */
const MAX_LENGTH = 200
/** A full-text search in the table of a row. */
export interface Search {
  /**
   * FROM clause: the row's table joined with the matches. A record matches when it has the words, words that begin with
   * them, or similar words.
   */
  readonly from: Sql
  /** Rank of a match; higher is better. Whole words and prefixes rank above similar words. */
  readonly rank: Sql
}

/**
 * Compiles a search for the words of a text, by the database function `<table>_search`. Returns null when the text is
 * blank: the list is then not searched. Any other text without a letter or digit matches nothing.
 * @param from FROM clause of the table that is searched, with the alias of `row`.
 * @param alias Alias for the matches.
 * @throws GraphQLError BAD_USER_INPUT when the text is too long or has too many words.
 */
export function searchFor(text: string, from: Sql, row: Row, alias: Sql): Search | null {
  if (text.trim() === '') return null
  if (text.length > MAX_LENGTH) throw badUserInput(`search takes ${MAX_LENGTH} characters at most.`)
  const words = text.match(/[\p{Letter}\p{Mark}\p{Number}]+/gu) ?? []
  if (words.length > MAX_WORDS) throw badUserInput(`search takes ${MAX_WORDS} words at most.`)
  const matches = sql`${ident(`${row.model.table}_search`)}(${words.join(' ')}) ${alias}`
  return { from: sql`${from} join ${matches} on ${alias}.id = ${row.column('id')}`, rank: sql`${alias}.rank` }
}
