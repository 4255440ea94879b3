import type { DocumentNode, GraphQLError, GraphQLSchema, Source } from 'graphql'
import type { Actor } from '../platform/request/actor.ts'
import { createDocuments } from './limits/documents.ts'
import { isTooComplex, requireWithin } from './limits/limits.ts'
import { checkBody } from './limits/text.ts'
import { checkVariables } from './limits/variables.ts'
import { documentOf } from './persisted-operations.ts'
import { createQuota, nearer, type QuotaState } from './rates/quota.ts'
import type { ServerSettings } from './server-settings.ts'

/** What an operation is executed with. */
export interface OperationRequest {
  readonly operationName?: string | null | undefined
  readonly variables?: unknown
}

/** What a request has used, filled in while it is admitted. */
export interface RequestCharge {
  /** Points of its operation; null until they are known. */
  cost: number | null
  /** The actor's points; null where there is no limit. */
  points: QuotaState | null
  /** The quota of the actor that is nearest its end; null where there is none. */
  quotaState: QuotaState | null
}

/**
 * Everything that a request has to pass before it is executed, in this order, over HTTP and WebSocket alike. Each step throws a
 * GraphQLError with its code.
 */
export interface Admission {
  /** Counts the arrival of a request. Throws RATE_LIMITED. */
  arrive(actor: Actor): Promise<RequestCharge>
  /** Looks at the text of a request's body before it is parsed; see `checkBody`. */
  checkBody(body: string): void
  /** The document that a request is about; see `documentOf`. */
  documentOf: (asked: Readonly<Record<string, unknown>>) => unknown
  /** See `Documents`. */
  parse(source: string | Source): DocumentNode
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
  /** Holds variables and cost of an operation of a valid document against the limits, and has the actor pay. */
  admit(
    charge: RequestCharge,
    actor: Actor,
    schema: GraphQLSchema,
    document: DocumentNode,
    request: OperationRequest,
  ): Promise<void>
  /** Has the actor pay for a request that was refused with those errors, where it asked for too much. */
  refuse(actor: Actor, errors: readonly unknown[]): Promise<void>
}

export function createAdmission({ limits, rates, introspection, hints, persisted }: ServerSettings): Admission {
  const documents = createDocuments({ limits, allowsIntrospection: introspection, hints })
  const quota = createQuota(rates)
  return {
    async arrive(actor) {
      return { cost: null, points: null, quotaState: await quota.countRequests(actor.id, 1) }
    },
    checkBody: (body) => checkBody(body, limits),
    documentOf: (asked) => documentOf(asked, persisted),
    parse: documents.parse,
    validate: documents.validate,
    async admit(charge, actor, schema, document, { operationName, variables }) {
      const cost = documents.costOf(schema, document, operationName ?? null)
      if (!cost) return
      checkVariables(variables, !cost.isMutation, limits)
      const points = cost.points(isRecord(variables) ? variables : {})
      requireWithin(limits, 'cost', points)
      charge.cost = points
      // Each write counts as if it had come by itself.
      if (cost.requests > 1) charge.quotaState = await quota.countRequests(actor.id, cost.requests - 1)
      charge.points = await quota.countPoints(actor.id, points)
      charge.quotaState = nearer(charge.quotaState, charge.points)
    },
    async refuse(actor, errors) {
      if (errors.some(isTooComplex)) await quota.countRefusal(actor.id)
    },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
