import { GraphQLError } from 'graphql'
import { codedError } from '../../platform/errors.ts'

/** The largest that each part of a request may be; the operator sets them. */
export const DEFAULT_LIMITS = {
  /** Characters of a document. */
  documentLength: 200_000,
  /** Lexical tokens of a document. */
  tokens: 10_000,
  /** Brackets within brackets, in a document and in its variables. */
  nesting: 60,
  /** Fields within fields. */
  depth: 15,
  /** Fields and spreads, those of a fragment counted wherever it is spread. */
  selections: 10_000,
  /** Fragments that a document defines. */
  fragments: 200,
  /** Aliases, those of a fragment counted wherever it is spread. */
  aliases: 200,
  /** Names in the answer for one field in one place. */
  sameField: 15,
  /** Selections of one name in the answer in one place. */
  duplicates: 50,
  /** Selections of a name that the same place has already, in the whole document. */
  repetitions: 1_000,
  /** Directives, those of a fragment counted wherever it is spread. */
  directives: 100,
  /** Directives on one field, fragment, variable or operation. */
  directivesInOnePlace: 5,
  /** Root fields of an operation. */
  rootFields: 50,
  /** Values in the variables, lists and objects among them. */
  variableValues: 50_000,
  /** Characters of the variables of a query or subscription; those of a mutation hold what is to be written. */
  queryVariables: 200_000,
  /** Points of an operation: about one for each record that it may read. */
  cost: 100_000,
  /** Streams that a user or an API key has open at a time, on one node. */
  streams: 200,
} as const

export type LimitName = keyof typeof DEFAULT_LIMITS

/** See {@link DEFAULT_LIMITS}. */
export type Limits = Readonly<Record<LimitName, number>>

const IN_PARTS = 'Send it in several requests.'
const IN_VARIABLES = 'Put values into variables.'

const TOLD: Readonly<Record<LimitName, readonly [counted: string, advice: string]>> = {
  documentLength: ['characters', IN_VARIABLES],
  tokens: ['tokens', IN_VARIABLES],
  nesting: ['levels of brackets', 'Nest less.'],
  depth: ['levels of fields', 'Read the rest by `node(id:)`.'],
  selections: ['selections', 'Spread fragments in fewer places.'],
  fragments: ['fragments', IN_PARTS],
  aliases: ['aliases', IN_PARTS],
  sameField: ['names for one field in one place', IN_PARTS],
  duplicates: ['selections of one name in one place', 'Select it once.'],
  repetitions: ['selections that repeat others', 'Select each field once.'],
  directives: ['directives', 'Leave out what is not needed.'],
  directivesInOnePlace: ['directives in one place', 'Leave out what is not needed.'],
  rootFields: ['root fields', IN_PARTS],
  variableValues: ['values in the variables', IN_PARTS],
  queryVariables: ['characters in the variables', IN_PARTS],
  cost: ['points of cost', 'Ask for fewer levels, or smaller pages by `first`.'],
  streams: ['streams, with those that are open', 'End one first.'],
}

/** Throws QUERY_TOO_COMPLEX where the count is beyond the limit. */
export function requireWithin(limits: Limits, name: LimitName, count: number): void {
  if (count > limits[name]) throw tooComplex(limits, name, count)
}

/** The error for a request beyond a limit. Its extensions name the limit, what it allows and what was counted. */
export function tooComplex(limits: Limits, limit: LimitName, count: number): GraphQLError {
  const [counted, advice] = TOLD[limit]
  const allowed = limits[limit]
  const message = `The request has ${count} ${counted}; ${allowed} are allowed. ${advice}`
  return codedError('QUERY_TOO_COMPLEX', message, { limit, allowed, count })
}

/** Whether an error is one of `tooComplex`. */
export function isTooComplex(error: unknown): boolean {
  return (
    error instanceof GraphQLError && error.extensions['code'] === 'QUERY_TOO_COMPLEX' && 'limit' in error.extensions
  )
}
