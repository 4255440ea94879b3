import { GraphQLError } from 'graphql'
import { codedError } from '../../platform/errors.ts'

/**
 * The default limits of a request. The operator of the installation can change each limit. GraphQL merges selections
 * that have the same path in the response; `sameField`, `duplicates` and `repetitions` limit such selections.
 */
export const DEFAULT_LIMITS = {
  /** Characters of a document. */
  documentLength: 200_000,
  /** Lexical tokens of a document. */
  tokens: 10_000,
  /** Levels of nested brackets in a document, and levels of nested values in its variables. */
  nesting: 60,
  /** Levels of nested fields. */
  depth: 15,
  /** Fields, spreads and inline fragments. The selections in a fragment count each time the fragment is spread. */
  selections: 10_000,
  /** Fragments that a document defines. */
  fragments: 200,
  /** Aliases. The aliases in a fragment count each time the fragment is spread. */
  aliases: 200,
  /** Different response names (aliases) of the same field at one path of the response. */
  sameField: 15,
  /** Selections of the same response name at one path of the response. */
  duplicates: 50,
  /** Selections of a response name that was already selected at the same path, in the whole document. */
  repetitions: 1_000,
  /** Directives. The directives in a fragment count each time the fragment is spread. */
  directives: 100,
  /** Directives on one field, fragment, variable or operation. */
  directivesInOnePlace: 5,
  /** Root fields of an operation. */
  rootFields: 50,
  /** Values in the variables, including lists and objects. */
  variableValues: 50_000,
  /**
   * Characters in the variables of a query or subscription. The variables of a mutation are not limited, because they
   * contain the data to write.
   */
  queryVariables: 200_000,
  /** Cost of an operation in points: about one point for each record that it may read. */
  cost: 100_000,
  /** Streams that a user or an API key has open at the same time, on one node. */
  streams: 200,
  /** Files of exports that are written for a workspace at the same time, on one node. */
  exports: 3,
} as const

export type LimitName = keyof typeof DEFAULT_LIMITS

/** See {@link DEFAULT_LIMITS}. */
export type Limits = Readonly<Record<LimitName, number>>

const IN_PARTS = 'Send it in several requests.'
const IN_VARIABLES = 'Put values into variables.'

/** What each limit counts, as a plural noun, and what the client can do to stay within it. */
const DESCRIPTIONS: Readonly<Record<LimitName, readonly [counted: string, advice: string]>> = {
  documentLength: ['characters', IN_VARIABLES],
  tokens: ['tokens', IN_VARIABLES],
  nesting: ['levels of brackets', 'Use fewer levels.'],
  depth: ['levels of fields', 'Read deeper levels in another request, with `node(id:)`.'],
  selections: ['selections', 'Spread fragments in fewer places.'],
  fragments: ['fragments', IN_PARTS],
  aliases: ['aliases', IN_PARTS],
  sameField: ['names for one field at one path of the response', IN_PARTS],
  duplicates: ['selections of one name at one path of the response', 'Select the name once.'],
  repetitions: ['selections that repeat other selections', 'Select each field once.'],
  directives: ['directives', 'Remove directives that are not needed.'],
  directivesInOnePlace: ['directives on one element', 'Remove directives that are not needed.'],
  rootFields: ['root fields', IN_PARTS],
  variableValues: ['values in the variables', IN_PARTS],
  queryVariables: ['characters in the variables', IN_PARTS],
  cost: ['points of cost', 'Request fewer levels, or smaller pages with `first`.'],
  streams: ['streams, including those that are already open', 'Close another stream first.'],
  exports: ['exports, including those that are already running', 'Wait until another export has ended.'],
}

/** Throws QUERY_TOO_COMPLEX when the count exceeds the limit. */
export function requireWithin(limits: Limits, name: LimitName, count: number): void {
  if (count > limits[name]) throw tooComplex(limits, name, count)
}

/**
 * Returns the error for a request that exceeds a limit. Its extensions contain the limit's name, its value and the
 * count.
 */
export function tooComplex(limits: Limits, limit: LimitName, count: number): GraphQLError {
  const [counted, advice] = DESCRIPTIONS[limit]
  const allowed = limits[limit]
  const message = `The request has ${count} ${counted}; ${allowed} are allowed. ${advice}`
  return codedError('QUERY_TOO_COMPLEX', message, { limit, allowed, count })
}

/** Whether an error was created by `tooComplex`. */
export function isTooComplex(error: unknown): boolean {
  return (
    error instanceof GraphQLError && error.extensions['code'] === 'QUERY_TOO_COMPLEX' && 'limit' in error.extensions
  )
}
