import type { DocumentNode, GraphQLError, GraphQLSchema, Source } from 'graphql'
import type { Actor } from '../platform/request/actor.ts'
import { createDocuments } from './limits/documents.ts'
import { isTooComplex, requireWithin } from './limits/limits.ts'
import { checkBody } from './limits/text.ts'
import { checkVariables } from './limits/variables.ts'
import { documentOf } from './persisted-operations.ts'
import { createQuota, nearerToLimit, type QuotaState } from './rates/quota.ts'
import type { ServerSettings } from './server-settings.ts'

/** The parts of a request that select an operation of its document and set its variables. */
export interface OperationRequest {
  readonly operationName?: string | null | undefined
  readonly variables?: unknown
}

/**
 * How much of the actor's rates (what an actor may use in a minute) a request has used. The methods of `Admission` set
 * the properties.
 */
export interface RequestCharge {
  /** Cost of the request's operation in points; null until `admit` has computed it. */
  cost: number | null
  /** Quota state of the actor's points; null when points are not limited. */
  points: QuotaState | null
  /** Quota state of the actor's rate that is nearest to its limit; null when no rate is limited. */
  quotaState: QuotaState | null
}

/**
 * The checks that a request has to pass before it is executed. They run in the order of these methods, for HTTP and for
 * WebSocket. Each throws a GraphQLError with an error code.
 */
export interface Admission {
  /** Counts a request. Throws RATE_LIMITED when a rate of the actor is used up. */
  countRequest(actor: Actor): Promise<RequestCharge>
  /** Checks the text of a request's body before it is parsed; see `checkBody`. */
  checkBody(body: string): void
  /** Returns the document of a request; see `documentOf`. */
  documentOf: (request: Readonly<Record<string, unknown>>) => unknown
  /** Parses a document. Throws QUERY_TOO_COMPLEX when it exceeds a limit; see `Documents.parse`. */
  parse(source: string | Source): DocumentNode
  /** Returns the validation errors of a document; see `Documents.validate`. */
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
  /**
   * Checks the variables and the cost of an operation of a valid document against the limits, and charges the actor.
   */
  admit(
    charge: RequestCharge,
    actor: Actor,
    schema: GraphQLSchema,
    document: DocumentNode,
    request: OperationRequest,
  ): Promise<void>
  /** Charges the actor for a refused request, if one of its errors says that it exceeded a limit. */
  chargeRefusal(actor: Actor, errors: readonly unknown[]): Promise<void>
}

/** Creates the checks of one server process (a node), with its cache of documents and its counters. */
export function createAdmission({ limits, rates, introspection, hints, persisted }: ServerSettings): Admission {
  const documents = createDocuments({ limits, allowsIntrospection: introspection, hints })
  const quota = createQuota(rates)
  return {
    async countRequest(actor) {
      return { cost: null, points: null, quotaState: await quota.countRequests(actor.id, 1) }
    },
    checkBody: (body) => checkBody(body, limits),
    documentOf: (request) => documentOf(request, persisted),
    parse: documents.parse,
    validate: documents.validate,
    async admit(charge, actor, schema, document, { operationName, variables }) {
      const cost = documents.costOf(schema, document, operationName ?? null)
      if (!cost) return
      checkVariables(variables, !cost.isMutation, limits)
      const points = cost.points(isRecord(variables) ? variables : {})
      requireWithin(limits, 'cost', points)
      charge.cost = points
      // Each write of a mutation counts as a request. The first one was counted by `countRequest`.
      if (cost.requests > 1) charge.quotaState = await quota.countRequests(actor.id, cost.requests - 1)
      charge.points = await quota.countPoints(actor.id, points)
      charge.quotaState = nearerToLimit(charge.quotaState, charge.points)
    },
    async chargeRefusal(actor, errors) {
      if (errors.some(isTooComplex)) await quota.countRefusal(actor.id)
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
