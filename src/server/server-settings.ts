import { DEFAULT_LIMITS, type Limits } from './limits/limits.ts'
import type { PersistedOperations } from './persisted-operations.ts'
import type { Rates } from './rates/quota.ts'

/** Settings of the server that the operator chooses. */
export interface ServerSettings {
  /** Whether browsers that open the endpoint get GraphiQL, a page for trying the API. */
  readonly graphiql: boolean
  /** Whether clients may read the schema by introspection. */
  readonly introspection: boolean
  /**
   * Whether error messages may name parts of the schema that the client has not used: suggestions, types, missing
   * fields.
   */
  readonly hints: boolean
  /** Origins whose pages may call the API (CORS), such as `https://crm.example`. */
  readonly corsOrigins: readonly string[]
  readonly limits: Limits
  readonly rates: Rates
  /** Persisted operations; null when the operator has registered no operations. Then clients always send documents. */
  readonly persisted: PersistedOperations | null
}

const common = {
  corsOrigins: [],
  limits: DEFAULT_LIMITS,
  persisted: null,
} as const

/**
 * The settings for developing a front-end or a plugin: errors and introspection show the whole schema, and no rate is
 * limited.
 */
export const DEVELOPMENT: ServerSettings = {
  ...common,
  graphiql: true,
  introspection: true,
  hints: true,
  rates: { requests: null, points: null, refusedCredentials: null, routeRequests: null },
}

/**
 * The settings for production. The limits are the same as in development, so that a request that works in development
 * also works in production.
 */
export const PRODUCTION: ServerSettings = {
  ...common,
  graphiql: false,
  introspection: false,
  hints: false,
  rates: { requests: 6_000, points: 500_000, refusedCredentials: 100, routeRequests: 600 },
}
