import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createApp } from '../app.ts'
import { type Config, ConfigError } from '../config.ts'
import { seedDemo } from '../demo/first-start.ts'
import { provisionDemo } from '../modules/workspaces/provision.ts'
import { openDatabase } from '../platform/data/database.ts'
import { EmbeddedPostgresError } from '../platform/data/embedded/embedded-error.ts'
import { startEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import { migrate } from '../platform/data/migrations/migrate.ts'
import { prismaBase } from '../platform/data/prisma/transaction-client.ts'
import { installListed } from '../platform/plugins/lifecycle/install-listed.ts'
import { type PersistedOperations, readPersistedDocuments } from '../server/persisted-operations.ts'
import type { CommandContext } from './command-context.ts'
import { listenForFaults } from './faults.ts'
import { installationOf, pluginSupply } from './installation.ts'
import { migrationSources } from './migrations.ts'
import { listenForStop } from './signals.ts'

/** Functions that close what was started. They are called in reverse order. */
type Closers = (() => Promise<unknown>)[]

/** Milliseconds that running requests may still take when the server stops. Then they are aborted and rolled back. */
const FINISH_LIMIT_MS = 10_000

/**
 * Runs the server until a signal such as Ctrl-C requests the process to stop. Then closes everything that it started,
 * also after an error.
 *
 * @throws ConfigError, EmbeddedPostgresError or another error when the server can't start or the embedded PostgreSQL
 * ends unexpectedly.
 */
export async function serve(context: CommandContext): Promise<void> {
  const config = context.config()
  const log = context.log()
  const stop = listenForStop((signal) => log.info({ signal }, 'Stopping'))
  const stopFaultListener = listenForFaults(log)
  const closers: Closers = []
  let hasAbortedRequests = false
  try {
    const persisted = readPersisted(config)
    const database = await startDatabase(config, log, closers)
    stop.signal.throwIfAborted()
    const hasDemo = await prepareDatabase(database.url, config, log)
    stop.signal.throwIfAborted()
    const demoLogin = hasDemo && config.demoLogin && isForLocalUse(config)
    const app = await createApp({
      databaseUrl: database.url,
      log,
      willPrepare: true,
      demoLogin,
      settings: { ...config.server, persisted },
      plugins: pluginSupply(config),
      trustedProxies: config.trustedProxies,
      publicUrl: config.publicUrl,
      signIn: {
        trustedIssuers: config.trustedIssuers,
        clockLeewaySeconds: config.clockLeewaySeconds,
        sessionSeconds: config.sessionSeconds,
        sessionIdleSeconds: config.sessionIdleSeconds,
      },
    })
    closers.push(async () => {
      const timeout = wait(FINISH_LIMIT_MS, 'timeout', { ref: false })
      if ((await Promise.race([app.close(), timeout])) === 'timeout') hasAbortedRequests = true
    })
    stop.signal.throwIfAborted()
    if (hasDemo) await seedDemo(app.runtime)
    stop.signal.throwIfAborted()
    await app.prepare()
    const { url } = await app.listen({ host: config.host, port: config.port })
    app.startBackground()
    printGreeting(url, hasDemo, context)
    await Promise.race([stop.requested, database.ended])
    if (!stop.signal.aborted) throw databaseEnded(config)
  } catch (error) {
    // A request to stop during the start is not a failure.
    if (error !== stop.signal.reason) throw error
  } finally {
    for (const close of closers.reverse()) await close()
    stop.release()
    stopFaultListener()
    if (hasAbortedRequests) {
      log.warn(`Requests that were still running after ${FINISH_LIMIT_MS / 1_000} s were aborted`)
      // The connections of aborted requests would keep the process alive.
      process.exit(0)
    }
  }
}

/**
 * Whether this is a local installation for trying Rapport: it uses the embedded database and listens on a loopback
 * address. Only such an installation signs a browser in to the demo workspace without a password.
 */
function isForLocalUse({ databaseUrl, host }: Config): boolean {
  return databaseUrl === null && (host === 'localhost' || host === '::1' || host.startsWith('127.'))
}

/**
 * Returns the persisted operations: the GraphQL documents in the file PERSISTED_OPERATIONS_FILE, by id. Null when no
 * such file is configured.
 *
 * @throws ConfigError when the file can't be used.
 */
function readPersisted({ persistedOperations }: Config): PersistedOperations | null {
  if (!persistedOperations) return null
  const { mode, file } = persistedOperations
  try {
    return { mode, documents: readPersistedDocuments(readFileSync(file, 'utf8')) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`PERSISTED_OPERATIONS_FILE ${file} cannot be used: ${reason}.`)
  }
}

interface RunningDatabase {
  url: string
  /** Resolves when the embedded PostgreSQL ends; never resolves for the database of DATABASE_URL. */
  ended: Promise<void>
}

async function startDatabase({ databaseUrl, home }: Config, log: Logger, closers: Closers): Promise<RunningDatabase> {
  if (databaseUrl !== null) return { url: databaseUrl, ended: new Promise(() => undefined) }
  const postgres = await startEmbeddedPostgres({ home, log, title: 'rapport start' })
  closers.push(() => postgres.stop())
  return postgres
}

function databaseEnded({ home }: Config): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `PostgreSQL ended unexpectedly. See ${home}/postgres/postgres.log, then start the server again: PostgreSQL recovers its data by itself.`,
  )
}

/**
 * Runs pending migrations. When the database has no workspace, also installs the plugins that `rapport.config.ts` lists
 * and creates the demo workspace. Returns whether the demo workspace exists.
 */
async function prepareDatabase(url: string, config: Config, log: Logger): Promise<boolean> {
  await migrate(url, migrationSources(), { onApply: (pluginId, name) => log.info(`Migrating: ${pluginId}/${name}`) })
  const database = openDatabase(url)
  try {
    const { rows } = await database.ownerPool.query<{ used: boolean; demo: boolean }>(
      `select exists (select from workspaces) as used, exists (select from workspaces where slug = 'demo') as demo`,
    )
    if (rows[0]?.used) return rows[0].demo
    await installPlugins(url, config, log)
    await provisionDemo(database.ownerPool)
    return true
  } finally {
    await database.close()
  }
}

async function installPlugins(url: string, config: Config, log: Logger): Promise<void> {
  const refused = await installListed(
    await installationOf(config, url),
    (source) => log.info(`Installed: ${source}`),
    // Another process prepares the models meanwhile. The app tries it again after a failure.
    ({ schema }) =>
      void prismaBase(schema)
        .connect()
        .catch(() => undefined),
  )
  for (const { source, reason } of refused) log.error({ plugin: source, reason }, 'A plugin could not be installed')
}

function printGreeting(url: string, hasDemo: boolean, { config, print }: CommandContext): void {
  const userOptions = hasDemo ? '--workspace demo --email admin@demo.example' : '--workspace <slug> --email <email>'
  const { graphiql } = config().server
  // Printed in one write, so that a program that waits for the first line receives all lines.
  print(
    [
      `Rapport is ready at ${url}`,
      `${graphiql ? 'Open it in a browser, or get' : 'Get'} a token in another terminal:`,
      `  npx rapport token ${userOptions}`,
      'Stop it with Ctrl-C.',
    ].join('\n'),
  )
}
