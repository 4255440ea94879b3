import { z } from 'zod'
import { expected, listOf } from '../environment.ts'
import { DEFAULT_LIMITS, type LimitName, type Limits } from './limits/limits.ts'
import { DEVELOPMENT, PRODUCTION, type ServerSettings } from './server-settings.ts'

const onOrOff = z
  .enum(['on', 'off'], expected('on or off'))
  .transform((value) => value === 'on')
  .optional()

const LARGEST = 1_000_000_000
const count = z
  .string()
  .refine((text) => /^\d{1,10}$/.test(text) && Number(text) <= LARGEST, expected(`a whole number up to ${LARGEST}`))
  .transform(Number)
const limit = count.refine((value) => value > 0, expected(`a whole number from 1 to ${LARGEST}`)).optional()
// 0 means no limit.
const rate = count.transform((value) => (value === 0 ? null : value)).optional()

/** The environment variables that configure the server. */
export const serverEnvironment = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'], expected('development, test or production'))
    .default('development'),
  GRAPHIQL: onOrOff,
  INTROSPECTION: onOrOff,
  ERROR_HINTS: onOrOff,
  CORS_ORIGINS: z
    .string()
    .refine(
      (text) => listOf(text).every(isOrigin),
      expected('origins with commas between them, such as https://crm.example.com, and no *'),
    )
    .transform(listOf)
    .optional(),
  LIMIT_DOCUMENT_LENGTH: limit,
  LIMIT_TOKENS: limit,
  LIMIT_NESTING: limit,
  LIMIT_DEPTH: limit,
  LIMIT_SELECTIONS: limit,
  LIMIT_FRAGMENTS: limit,
  LIMIT_ALIASES: limit,
  LIMIT_SAME_FIELD: limit,
  LIMIT_DUPLICATES: limit,
  LIMIT_REPETITIONS: limit,
  LIMIT_DIRECTIVES: limit,
  LIMIT_DIRECTIVES_IN_ONE_PLACE: limit,
  LIMIT_ROOT_FIELDS: limit,
  LIMIT_VARIABLE_VALUES: limit,
  LIMIT_QUERY_VARIABLES: limit,
  LIMIT_COST: limit,
  LIMIT_STREAMS: limit,
  LIMIT_EXPORTS: limit,
  RATE_REQUESTS: rate,
  RATE_POINTS: rate,
  RATE_REFUSED_CREDENTIALS: rate,
  RATE_ROUTE_REQUESTS: rate,
}

const shape = z.object(serverEnvironment)

/** Returns the settings from the environment variables. The defaults depend on NODE_ENV. */
export function serverSettingsOf(environment: z.output<typeof shape>): Omit<ServerSettings, 'persisted'> {
  const { persisted: _persisted, ...base } = environment.NODE_ENV === 'production' ? PRODUCTION : DEVELOPMENT
  return {
    graphiql: environment.GRAPHIQL ?? base.graphiql,
    introspection: environment.INTROSPECTION ?? base.introspection,
    hints: environment.ERROR_HINTS ?? base.hints,
    corsOrigins: environment.CORS_ORIGINS ?? base.corsOrigins,
    limits: limitsOf({
      documentLength: environment.LIMIT_DOCUMENT_LENGTH,
      tokens: environment.LIMIT_TOKENS,
      nesting: environment.LIMIT_NESTING,
      depth: environment.LIMIT_DEPTH,
      selections: environment.LIMIT_SELECTIONS,
      fragments: environment.LIMIT_FRAGMENTS,
      aliases: environment.LIMIT_ALIASES,
      sameField: environment.LIMIT_SAME_FIELD,
      duplicates: environment.LIMIT_DUPLICATES,
      repetitions: environment.LIMIT_REPETITIONS,
      directives: environment.LIMIT_DIRECTIVES,
      directivesInOnePlace: environment.LIMIT_DIRECTIVES_IN_ONE_PLACE,
      rootFields: environment.LIMIT_ROOT_FIELDS,
      variableValues: environment.LIMIT_VARIABLE_VALUES,
      queryVariables: environment.LIMIT_QUERY_VARIABLES,
      cost: environment.LIMIT_COST,
      streams: environment.LIMIT_STREAMS,
      exports: environment.LIMIT_EXPORTS,
    }),
    rates: {
      requests: rateOrDefault(environment.RATE_REQUESTS, base.rates.requests),
      points: rateOrDefault(environment.RATE_POINTS, base.rates.points),
      refusedCredentials: rateOrDefault(environment.RATE_REFUSED_CREDENTIALS, base.rates.refusedCredentials),
      routeRequests: rateOrDefault(environment.RATE_ROUTE_REQUESTS, base.rates.routeRequests),
    },
  }
}

function limitsOf(chosen: Readonly<Record<LimitName, number | undefined>>): Limits {
  const defined = Object.entries(chosen).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(defined) }
}

/** Returns the rate, or the default when the variable is not set (undefined). A rate of null means no limit. */
function rateOrDefault(rate: number | null | undefined, defaultRate: number | null): number | null {
  return rate === undefined ? defaultRate : rate
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes('*')
}
