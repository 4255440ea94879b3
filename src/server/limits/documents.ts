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
import { checkPlaces } from './places.ts'
import type { Variables } from './terms.ts'
import { checkText } from './text.ts'
import { checkTotals, type Fragments } from './totals.ts'

/** What an operation costs before it is executed. */
export interface OperationCost {
  readonly isMutation: boolean
  /** Root fields of a mutation: each is a write, and counts as a request. 1 for anything else. */
  readonly requests: number
  /** Points with those variables. */
  readonly points: (variables: Variables) => number
}

/**
 * Documents on their way to be executed. What does not depend on variables is done once for a document that comes again: it is
 * parsed, held against the limits, validated and its cost worked out.
 */
export interface Documents {
  /** Throws QUERY_TOO_COMPLEX for one beyond the limits, and the parser's error for what is no GraphQL. */
  parse(source: string | Source): DocumentNode
  /** What is wrong with a document that `parse` answered. */
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
  /** Cost of an operation of a valid document; null where it has none of that name, which the execution tells. */
  costOf(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): OperationCost | null
}

interface Options {
  readonly limits: Limits
  readonly allowsIntrospection: boolean
  /** Whether what is wrong with a document may be told by parts of the schema that it does not name. */
  readonly hints: boolean
}

// Characters of all documents that are kept; a parsed one takes some fifty times as many bytes.
const KEPT_CHARACTERS = 2_000_000
const MAX_ERRORS = 20

interface Validated {
  readonly costs: Map<string | null, OperationCost>
}

export function createDocuments({ limits, allowsIntrospection, hints }: Options): Documents {
  const parsed = new LRUCache<string, DocumentNode>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_document, text) => text.length + 1,
  })
  const valid = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Validated>>()

  const parseAnew = (text: string): DocumentNode => {
    checkText(text, limits)
    const document = parseTokens(text, limits)
    const fragments = fragmentsOf(document)
    checkTotals(document, fragments, { limits, allowsIntrospection })
    checkPlaces(document, fragments, limits)
    return document
  }

  return {
    parse(source) {
      const text = typeof source === 'string' ? source : source.body
      const known = parsed.get(text)
      if (known) return known
      const document = parseAnew(text)
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
      if (!validated) throw new Error('The cost of a document was asked for before it was validated.')
      const known = validated.costs.get(operationName)
      if (known) return known
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
