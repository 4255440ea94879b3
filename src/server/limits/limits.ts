import { GraphQLError } from 'graphql'
import { codedError } from '../../platform/errors.ts'

/**
 * The default limits of a request. The operator can change each of them. Several selections of a document can have the
 * same path in the response, and are merged then.
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
  /** Fields, spreads and inline fragments; those of a fragment count wherever it is spread. */
  selections: 10_000,
  /** Fragments that a document defines. */
  fragments: 200,
  /** Aliases; those of a fragment count wherever it is spread. */
  aliases: 200,
  /** Response names for the same field at one path of the response. */
  sameField: 15,
  /** Selections of the same response name at one path of the response. */
  duplicates: 50,
  /** Selections of a response name that was already selected at the same path, in the whole document. */
  repetitions: 1_000,
  /** Directives; those of a fragment count wherever it is spread. */
  directives: 100,
  /** Directives on one field, fragment, variable or operation. */
  directivesInOnePlace: 5,
  /** Root fields of an operation. */
  rootFields: 50,
  /** Values in the variables, including lists and objects. */
  variableValues: 50_000,
  /**
   * Characters in the variables of a query or subscription. Those of a mutation are not limited, as they contain the
   * data to be written.
   */
  queryVariables: 200_000,
  /** Cost of an operation in points: about one for each record that it may read. */
  cost: 100_000,
  /** Streams that a user or an API key has open at the same time, on one node. */
  streams: 200,
} as const

export type LimitName = keyof typeof DEFAULT_LIMITS

/** See {@link DEFAULT_LIMITS}. */
export type Limits = Readonly<Record<LimitName, number>>

const IN_PARTS = 'Send it in several requests.'
const IN_VARIABLES = 'Put values into variables.'

/** What each limit counts, as a plural noun, and what the client can do. */
const DESCRIPTIONS: Readonly<Record<LimitName, readonly [counted: string, advice: string]>> = {
  documentLength: ['characters', IN_VARIABLES],
  tokens: ['tokens', IN_VARIABLES],
  nesting: ['levels of brackets', 'Nest less.'],
  depth: ['levels of fields', 'Read the rest by `node(id:)`.'],
  selections: ['selections', 'Spread fragments in fewer places.'],
  fragments: ['fragments', IN_PARTS],
  aliases: ['aliases', IN_PARTS],
  sameField: ['names for one field at one path of the response', IN_PARTS],
  duplicates: ['selections of one name at one path of the response', 'Select it once.'],
  repetitions: ['selections that repeat others', 'Select each field once.'],
  directives: ['directives', 'Leave out what is not needed.'],
  directivesInOnePlace: ['directives on one element', 'Leave out what is not needed.'],
  rootFields: ['root fields', IN_PARTS],
  variableValues: ['values in the variables', IN_PARTS],
  queryVariables: ['characters in the variables', IN_PARTS],
  cost: ['points of cost', 'Ask for fewer levels, or smaller pages by `first`.'],
  streams: ['streams, including those that are already open', 'End one first.'],
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
