import { type DocumentNode, GraphQLError, parse, type Source } from 'graphql'
import { codedError } from '../platform/errors.ts'

const MAX_DOCUMENT_LENGTH = 200_000
const MAX_TOKENS = 20_000
const MAX_DEPTH = 60

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 5_000_000

/** Parses a document. Throws QUERY_TOO_COMPLEX for one of too many tokens, and the parser's own error for what is no GraphQL. */
export function parseDocument(source: string | Source): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS })
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes('Parsing aborted')) throw error
    throw codedError('QUERY_TOO_COMPLEX', `The document has more than ${MAX_TOKENS} tokens. Put values into variables.`)
  }
}

/**
 * Throws QUERY_TOO_COMPLEX for a document that is too long or nested too deep, and for variables nested too deep. It
 * looks at characters and values only, in a loop: the parser and the coercion of variables recurse, and would run out of stack.
 */
export function checkLimits(document: string, variables: unknown): void {
  if (document.length > MAX_DOCUMENT_LENGTH) {
    throw codedError(
      'QUERY_TOO_COMPLEX',
      `The document has ${document.length} characters; ${MAX_DOCUMENT_LENGTH} are allowed. Put values into variables.`,
    )
  }
  if (documentDepth(document) > MAX_DEPTH)
    throw codedError('QUERY_TOO_COMPLEX', `The document nests deeper than ${MAX_DEPTH} levels.`)
  if (isDeeperThan(variables, MAX_DEPTH))
    throw codedError('QUERY_TOO_COMPLEX', `The variables nest deeper than ${MAX_DEPTH} levels.`)
}

const TOKEN = /"""(?:[^"\\]|\\"""|\\|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|[{}[\]()]/g

/** Deepest nesting of brackets outside strings and comments. */
function documentDepth(document: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of document.matchAll(TOKEN)) {
    if (token === '{' || token === '[' || token === '(') deepest = Math.max(deepest, ++depth)
    else if (token === '}' || token === ']' || token === ')') depth--
  }
  return deepest
}

function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((each) => (each !== null && typeof each === 'object' ? Object.values(each) : []))
  }
  return false
}
