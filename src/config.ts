import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { expected, listOf } from './environment.ts'
import { openTrustedIssuers } from './platform/identity/providers/issuer-patterns.ts'
import {
  DEFAULT_CLOCK_LEEWAY_SECONDS,
  DEFAULT_SESSION_IDLE_SECONDS,
  DEFAULT_SESSION_SECONDS,
  MAX_CLOCK_LEEWAY_SECONDS,
} from './platform/identity/sign-in-defaults.ts'
import { parseRange } from './server/origin.ts'
import { serverEnvironment, serverSettingsOf } from './server/server-environment.ts'
import type { ServerSettings } from './server/server-settings.ts'

/** Log levels, from no output to the most output. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The configuration of a server: what the operator set by environment variables, and the defaults. */
export interface Config {
  /** Address on which the server listens. */
  readonly host: string
  /** TCP port of the server; 0 lets the system choose one. */
  readonly port: number
  /** URL of the PostgreSQL database to use; null to use the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  /** Absolute path of the folder that holds the embedded database. */
  readonly home: string
  readonly logLevel: LogLevel
  /** Addresses and CIDR ranges of the proxies whose `X-Forwarded-For` header is trusted. */
  readonly trustedProxies: readonly string[]
  /** Issuers of the identity providers that workspaces may use. */
  readonly trustedIssuers: readonly string[]
  /** Maximum difference between the clock of an identity provider and the clock of this machine, in seconds. */
  readonly clockLeewaySeconds: number
  /** Maximum lifetime of a session, in seconds. */
  readonly sessionSeconds: number
  /** How long a session stays valid without being used, in seconds. */
  readonly sessionIdleSeconds: number
  /** Origin of the URLs that clients use, without a path; null for the origin of each request. */
  readonly publicUrl: string | null
  /** Absolute path of the file that lists the plugins; it need not exist. */
  readonly pluginsFile: string
  /** How the API is served, except for the persisted operations. */
  readonly server: Omit<ServerSettings, 'persisted'>
  /** Whether a browser on this machine that opens the endpoint may be signed in to the demo workspace. */
  readonly demoLogin: boolean
  /**
   * Absolute path of the file of persisted operations, and whether other operations are executed too (`allow`) or
   * refused (`only`). Null when PERSISTED_OPERATIONS is `off`, its default.
   */
  readonly persistedOperations: { readonly mode: 'allow' | 'only'; readonly file: string } | null
}

/** Thrown when environment variables are not valid; `message` lists every variable with a wrong value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const LONGEST_SECONDS = 10 * 365 * 86_400

const HOST_PATTERN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/

const environment = z.object({
  HOST: z
    .string()
    .regex(HOST_PATTERN, expected('a host name or an IP address without port, such as 127.0.0.1'))
    .default('127.0.0.1'),
  PORT: z.string().refine(isPort, expected('a whole number from 0 to 65535')).transform(Number).default(4000),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, {
      // Unlike the messages of other variables, this message does not contain the value, which may contain a password.
      message:
        'is not a PostgreSQL URL; expected postgresql://user:password@host:5432/database, ' +
        'or leave it unset to use the embedded PostgreSQL',
    })
    .nullable()
    .default(null),
  RAPPORT_HOME: z
    .string()
    .refine((path) => !path.includes('\0'), expected('the path of a folder'))
    .default('.rapport'),
  RAPPORT_CONFIG: z
    .string()
    .refine((path) => /\.[cm]?[jt]s$/.test(path) && !path.includes('\0'), expected('the path of a .ts file'))
    .default(fileURLToPath(new URL('../rapport.config.ts', import.meta.url))),
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => listOf(text).every((range) => parseRange(range) !== null),
      expected('IP addresses or CIDR ranges with commas between them, such as 10.0.0.0/8'),
    )
    .transform(listOf)
    .default([]),
  TRUSTED_ISSUERS: z
    .string()
    .transform(listOf)
    .check((context) => {
      try {
        openTrustedIssuers(context.value)
      } catch (error) {
        const message = `is wrong: ${error instanceof Error ? error.message : String(error)}`
        context.issues.push({ code: 'custom', input: context.value, message })
      }
    })
    .default([]),
  CLOCK_LEEWAY: duration(`from 0s to ${MAX_CLOCK_LEEWAY_SECONDS}s`, 0, MAX_CLOCK_LEEWAY_SECONDS).default(
    DEFAULT_CLOCK_LEEWAY_SECONDS,
  ),
  SESSION_LIFE: duration('such as 12h or 30d, at least 1m', 60).default(DEFAULT_SESSION_SECONDS),
  SESSION_IDLE: duration('such as 1h or 7d, at least 1m', 60).default(DEFAULT_SESSION_IDLE_SECONDS),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, expected('an address without a path, such as https://crm.example.com'))
    .transform((url) => new URL(url).origin)
    .nullable()
    .default(null),
  ...serverEnvironment,
  DEMO_LOGIN: z.enum(['on', 'off'], expected('on or off')).optional(),
  PERSISTED_OPERATIONS: z.enum(['off', 'allow', 'only'], expected('off, allow or only')).default('off'),
  PERSISTED_OPERATIONS_FILE: z
    .string()
    .refine((path) => path.endsWith('.json') && !path.includes('\0'), expected('the path of a .json file'))
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(', ')}`)).default('info'),
})

/**
 * Returns the configuration that the environment variables in `env` describe; by default, `env` contains the variables
 * of this process. An empty variable counts as unset.
 *
 * @throws ConfigError that lists every variable with a wrong value, and what is expected instead.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const setVariables = Object.fromEntries(
    Object.keys(environment.shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environment.safeParse(setVariables)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}`)
    throw new ConfigError(`The environment variables are not valid:\n${problems.join('\n')}`)
  }
  return Object.freeze({
    host: parsed.data.HOST,
    port: parsed.data.PORT,
    databaseUrl: parsed.data.DATABASE_URL,
    home: resolve(parsed.data.RAPPORT_HOME),
    logLevel: parsed.data.LOG_LEVEL,
    trustedProxies: Object.freeze(parsed.data.TRUSTED_PROXIES),
    trustedIssuers: Object.freeze(parsed.data.TRUSTED_ISSUERS),
    clockLeewaySeconds: parsed.data.CLOCK_LEEWAY,
    sessionSeconds: parsed.data.SESSION_LIFE,
    sessionIdleSeconds: parsed.data.SESSION_IDLE,
    publicUrl: parsed.data.PUBLIC_URL,
    pluginsFile: resolve(parsed.data.RAPPORT_CONFIG),
    server: serverSettingsOf(parsed.data),
    demoLogin: (parsed.data.DEMO_LOGIN ?? (parsed.data.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
    persistedOperations: persistedOperationsOf(parsed.data),
  })
}

const testCluster = z.object({ adminUrl: z.string(), template: z.string() })
const TEST_CLUSTER = 'RAPPORT_TEST_CLUSTER'

/** Returns the URL of the PostgreSQL that tests use (TEST_DATABASE_URL); null when the tests start a PostgreSQL. */
export function readTestDatabaseUrl(): string | null {
  return process.env['TEST_DATABASE_URL'] || null
}

/** Returns the PostgreSQL cluster of the test run that started this process; null when there is no test run. */
export function readTestCluster(): z.infer<typeof testCluster> | null {
  const text = process.env[TEST_CLUSTER]
  return text ? testCluster.parse(JSON.parse(text)) : null
}

/** Sets the environment variable from which child processes read the cluster of the test run; null removes it. */
export function writeTestCluster(cluster: z.infer<typeof testCluster> | null): void {
  if (cluster) process.env[TEST_CLUSTER] = JSON.stringify(cluster)
  else delete process.env[TEST_CLUSTER]
}

function persistedOperationsOf({
  PERSISTED_OPERATIONS: mode,
  PERSISTED_OPERATIONS_FILE: file,
}: z.output<typeof environment>): Config['persistedOperations'] {
  if (mode === 'off') return null
  if (file !== undefined) return { mode, file: resolve(file) }
  throw new ConfigError(
    `The environment variables are not valid:\n  PERSISTED_OPERATIONS is "${mode}", which needs PERSISTED_OPERATIONS_FILE`,
  )
}

/**
 * Returns the Zod schema that converts a duration such as `90s`, `15m`, `12h` or `30d` to seconds. The error message
 * contains `description`, which says what durations are allowed.
 */
function duration(description: string, min: number, max = LONGEST_SECONDS) {
  const secondsOf = (text: string) => {
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
    return Number(count) * (SECONDS_OF_UNIT[unit ?? ''] ?? Number.NaN)
  }
  return z
    .string()
    .refine((text) => secondsOf(text) >= min && secondsOf(text) <= max, expected(`a duration ${description}`))
    .transform(secondsOf)
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535
}

function isPostgresUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'postgres:' || url.protocol === 'postgresql:') && url.pathname.length > 1
}
