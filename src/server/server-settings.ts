import { DEFAULT_LIMITS, type Limits } from './limits/limits.ts'
import type { PersistedOperations } from './persisted-operations.ts'
import type { Rates } from './rates/quota.ts'

/** What the operator decides about how the API is served. */
export interface ServerSettings {
  /** Whether browsers that open the endpoint get a page to try the API. */
  readonly graphiql: boolean
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean
  /** Whether errors name parts of the schema that the client has not: what it may have meant, types, what is missing. */
  readonly hints: boolean
  /** Origins whose pages may use the API, such as `https://crm.example`. */
  readonly corsOrigins: readonly string[]
  readonly limits: Limits
  readonly rates: Rates
  /** Operations that are known; null where documents are all that is executed. */
  readonly persisted: PersistedOperations | null
}

const common = {
  corsOrigins: [],
  limits: DEFAULT_LIMITS,
  persisted: null,
} as const

/** For those who write a front-end or a plugin: everything is told, and nobody has to wait. */
export const DEVELOPMENT: ServerSettings = {
  ...common,
  graphiql: true,
  introspection: true,
  hints: true,
  rates: { requests: null, points: null, refusedCredentials: null },
}

/** For everybody else. The limits are the same, so that what works in development works here. */
export const PRODUCTION: ServerSettings = {
  ...common,
  graphiql: false,
  introspection: false,
  hints: false,
  rates: { requests: 6_000, points: 500_000, refusedCredentials: 100 },
}
