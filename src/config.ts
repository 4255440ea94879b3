import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** Levels of the log, from silent to everything. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What the operator chose through the environment. */
export interface Config {
  /** Address on which the server listens. */
  readonly host: string
  /** TCP port of the server; 0 lets the system choose one. */
  readonly port: number
  /** PostgreSQL to use, or null for the embedded one. */
  readonly databaseUrl: string | null
  /** Absolute path of the folder that holds the embedded database. */
  readonly home: string
  readonly logLevel: LogLevel
  /** Absolute path of the file that lists the plugins; it need not exist. */
  readonly pluginsFile: string
}

/** Thrown when the environment is not usable; `message` names every wrong variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

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
      // The value may hold a password, so unlike the others it is never repeated.
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
  LOG_LEVEL: z.enum(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(', ')}`)).default('info'),
})

/**
 * Reads the configuration from environment variables, the process's unless given. An empty variable counts as unset.
 *
 * @throws ConfigError that lists every wrong variable, with what is expected
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(environment.shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}`)
    throw new ConfigError(`The environment is not usable:\n${problems.join('\n')}`)
  }
  return Object.freeze({
    host: parsed.data.HOST,
    port: parsed.data.PORT,
    databaseUrl: parsed.data.DATABASE_URL,
    home: resolve(parsed.data.RAPPORT_HOME),
    logLevel: parsed.data.LOG_LEVEL,
    pluginsFile: resolve(parsed.data.RAPPORT_CONFIG),
  })
}

const testCluster = z.object({ adminUrl: z.string(), template: z.string() })
const TEST_CLUSTER = 'RAPPORT_TEST_CLUSTER'

/** The PostgreSQL that tests use instead of one of their own (TEST_DATABASE_URL), or null. */
export function readTestDatabaseUrl(): string | null {
  return process.env['TEST_DATABASE_URL'] || null
}

/** The cluster of the test run that this process is part of, or null. */
export function readTestCluster(): z.infer<typeof testCluster> | null {
  const text = process.env[TEST_CLUSTER]
  return text ? testCluster.parse(JSON.parse(text)) : null
}

/** Tells the processes that this one starts which cluster their test run has; null when it has none any more. */
export function writeTestCluster(cluster: z.infer<typeof testCluster> | null): void {
  if (cluster) process.env[TEST_CLUSTER] = JSON.stringify(cluster)
  else delete process.env[TEST_CLUSTER]
}

function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => `is ${JSON.stringify(issue.input)}; expected ${what}` }
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535
}

function isPostgresUrl(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'postgres:' || url.protocol === 'postgresql:') && url.pathname.length > 1
}
