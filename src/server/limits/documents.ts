import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  type Source,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { withoutHints } from '../hints.ts'
import { compileCost } from './cost.ts'
import { type Limits, tooComplex } from './limits.ts'
import { checkMergedSelections } from './places.ts'
import type { Variables } from './terms.ts'
import { checkText } from './text.ts'
import { checkTotals, type Fragments } from './totals.ts'

/** The cost of an operation, computed before it is executed. */
export interface OperationCost {
  readonly isMutation: boolean
  /**
   * Number of requests that the operation counts as: for a mutation the number of its root fields, each of which is a
   * write; otherwise 1.
   */
  readonly requests: number
  /** Returns the points that the operation costs with these variables. */
  readonly points: (variables: Variables) => number
}

/**
 * Parses, checks and validates documents and computes their cost. The results do not depend on variables and are
 * cached, so this is done once for a document that is sent repeatedly.
 */
export interface Documents {
  /**
   * Parses a document. Throws QUERY_TOO_COMPLEX when it exceeds a limit, and the parser's error when it is not GraphQL.
   */
  parse(source: string | Source): DocumentNode
  /** Returns the validation errors of a document that `parse` returned. */
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
  /**
   * Returns the cost of an operation of a valid document. Returns null when the document has no such operation;
   * execution then returns the error.
   */
  costOf(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): OperationCost | null
}

interface Options {
  readonly limits: Limits
  readonly allowsIntrospection: boolean
  /** Whether validation errors may name parts of the schema that the document does not name. */
  readonly hints: boolean
}

// Maximum number of characters of all cached documents. A parsed document takes about 50 bytes for each character.
const MAX_CACHED_CHARACTERS = 2_000_000
const MAX_ERRORS = 20

/** The cached data of a valid document: the costs of its operations by name. */
interface Validated {
  readonly costs: Map<string | null, OperationCost>
}

/** Creates the document cache of one server process (a node). */
export function createDocuments({ limits, allowsIntrospection, hints }: Options): Documents {
  const parsed = new LRUCache<string, DocumentNode>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_document, text) => text.length + 1,
  })
  const valid = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Validated>>()

  const parseUncached = (text: string): DocumentNode => {
    checkText(text, limits)
    const document = parseTokens(text, limits)
    const fragments = fragmentsOf(document)
    checkTotals(document, fragments, { limits, allowsIntrospection })
    checkMergedSelections(document, fragments, limits)
    return document
  }

  return {
    parse(source) {
      const text = typeof source === 'string' ? source : source.body
      const cached = parsed.get(text)
      if (cached) return cached
      const document = parseUncached(text)
      parsed.set(text, document)
      return document
    },
    validate(schema, document) {
      const ofSchema = valid.get(schema) ?? new WeakMap<DocumentNode, Validated>()
      valid.set(schema, ofSchema)
      if (ofSchema.has(document)) return []
      const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS })
      if (errors.length === 0) ofSchema.set(document, { costs: new Map() })
      return hints ? errors : errors.map((error) => withoutHints(error, document.loc?.source))
    },
    costOf(schema, document, operationName) {
      const validated = valid.get(schema)?.get(document)
      if (!validated) throw new Error('The cost of a document was requested before the document was validated.')
      const cached = validated.costs.get(operationName)
      if (cached) return cached
      const operation = getOperationAST(document, operationName)
      if (!operation) return null
      const fragments = fragmentsOf(document)
      const isMutation = operation.operation === 'mutation'
      const { points, rootFields } = compileCost(schema, fragments, operation)
      const cost: OperationCost = { isMutation, requests: isMutation ? Math.max(rootFields, 1) : 1, points }
      validated.costs.set(operationName, cost)
      return cost
    },
  }
}

function parseTokens(text: string, limits: Limits): DocumentNode {
  try {
    return parse(text, { maxTokens: limits.tokens })
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes('Parsing aborted')) throw error
    throw tooComplex(limits, 'tokens', limits.tokens + 1)
  }
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition)
  return fragments
}
