import { badUserInput } from '../errors.ts'
import { and, join, type Sql, sql } from '../data/sql.ts'

const MAX_WORDS = 8
const MAX_LENGTH = 200
// Trigrams tell nothing about shorter words: those have to match as they are.
const MIN_TYPO_LENGTH = 4

/** Condition and rank of a full-text search in a column of folded text. */
export interface Search {
  readonly matches: Sql
  /** Higher is better: whole words and prefixes first, then likeness. */
  readonly rank: Sql
}

/**
 * Search for words, prefixes and misspellings: every word has to begin some word of the text, or every word has to be like one.
 * Null when the text holds no word.
 */
export function searchFor(text: string, column: Sql): Search | null {
  if (text.length > MAX_LENGTH) throw badUserInput(`search takes ${MAX_LENGTH} characters at most.`)
  const words = fold(text).match(/[\p{Letter}\p{Number}]+/gu)
  if (!words) return null
  if (words.length > MAX_WORDS) throw badUserInput(`search takes ${MAX_WORDS} words at most.`)
  const query = words.map((word) => `${word}:*`).join(' & ')
  const isPrefix = sql`to_tsvector('simple', ${column}) @@ to_tsquery('simple', ${query})`
  const folded = words.join(' ')
  const isLike = and(words.map((word) => (word.length < MIN_TYPO_LENGTH ? sql`${column} like ${`%${word}%`}` : sql`${word} <% ${column}`)))
  return {
    matches: sql`(${join([isPrefix, isLike], ' or ')})`,
    rank: sql`(case when ${isPrefix} then 2 else 0 end + word_similarity(${folded}, ${column}) + similarity(${folded}, ${column}) / 2)::float8`,
  }
}

/** Lower case without diacritics, as the database's `rapport_fold` keeps it. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{Mark}/gu, '').toLowerCase()
}
