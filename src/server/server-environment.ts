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
const rate = count.transform((value) => (value === 0 ? null : value)).optional()

/** Environment variables that decide how the API is served. */
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
  RATE_REQUESTS: rate,
  RATE_POINTS: rate,
  RATE_REFUSED_CREDENTIALS: rate,
}

const shape = z.object(serverEnvironment)

/** The settings that variables choose; what they leave out is as in production or development. */
export function serverSettingsOf(given: z.output<typeof shape>): Omit<ServerSettings, 'persisted'> {
  const { persisted: _none, ...base } = given.NODE_ENV === 'production' ? PRODUCTION : DEVELOPMENT
  return {
    graphiql: given.GRAPHIQL ?? base.graphiql,
    introspection: given.INTROSPECTION ?? base.introspection,
    hints: given.ERROR_HINTS ?? base.hints,
    corsOrigins: given.CORS_ORIGINS ?? base.corsOrigins,
    limits: limitsOf({
      documentLength: given.LIMIT_DOCUMENT_LENGTH,
      tokens: given.LIMIT_TOKENS,
      nesting: given.LIMIT_NESTING,
      depth: given.LIMIT_DEPTH,
      selections: given.LIMIT_SELECTIONS,
      fragments: given.LIMIT_FRAGMENTS,
      aliases: given.LIMIT_ALIASES,
      sameField: given.LIMIT_SAME_FIELD,
      duplicates: given.LIMIT_DUPLICATES,
      repetitions: given.LIMIT_REPETITIONS,
      directives: given.LIMIT_DIRECTIVES,
      directivesInOnePlace: given.LIMIT_DIRECTIVES_IN_ONE_PLACE,
      rootFields: given.LIMIT_ROOT_FIELDS,
      variableValues: given.LIMIT_VARIABLE_VALUES,
      queryVariables: given.LIMIT_QUERY_VARIABLES,
      cost: given.LIMIT_COST,
      streams: given.LIMIT_STREAMS,
    }),
    rates: {
      requests: chosen(given.RATE_REQUESTS, base.rates.requests),
      points: chosen(given.RATE_POINTS, base.rates.points),
      refusedCredentials: chosen(given.RATE_REFUSED_CREDENTIALS, base.rates.refusedCredentials),
    },
  }
}

function limitsOf(given: Readonly<Record<LimitName, number | undefined>>): Limits {
  const chosenOnes = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(chosenOnes) }
}

/** Null is a choice: no limit. */
function chosen(given: number | null | undefined, otherwise: number | null): number | null {
  return given === undefined ? otherwise : given
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes('*')
}
