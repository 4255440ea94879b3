import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { ensureCluster, ensureDatabase, readPasswords } from './cluster.ts'
import { type ClusterLocation, prepareLocation } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { type Holder, type HolderKind, type Lock, takeLock } from './folder-lock.ts'
import { type Durability, startServer } from './postgres-server.ts'
import { stopLeftover } from './postmaster.ts'

/** How to start the embedded PostgreSQL. */
export interface EmbeddedOptions {
  /** Absolute path of the folder that contains the database. */
  readonly home: string
  readonly log: Logger
  /**
   * Whether this process is a server that runs until it is stopped, or a command that ends by itself. Default `server`.
   */
  readonly kind?: HolderKind
  /** The name of this process in messages of other processes. Default `rapport start`. */
  readonly title?: string
  /** Default `durable`. */
  readonly durability?: Durability
}

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection URL of the database's owner; it contains the password. */
  readonly url: string
  /** Resolves when PostgreSQL ends, for whatever reason. */
  readonly ended: Promise<void>
  /** Writes everything to disk, ends PostgreSQL and releases the data folder. May be called more than once. */
  stop(): Promise<void>
}

// How long to wait for another process that is expected to end or to be ready soon, and the time between two checks.
const WAIT_LIMIT_MS = 30_000
const POLL_MS = 50

/**
 * Starts the PostgreSQL of `home`; the first call creates its database. Ends a PostgreSQL that a killed process has
 * left running. When a command has the database open, waits up to 30 seconds for the end of the command. Throws when a
 * server has the database open.
 *
 * @throws EmbeddedPostgresError with a message for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const location = await prepareLocation(options.home)
  const lock = await lockWhenFree(location, options)
  if (!('release' in lock)) throw alreadyRunning(lock, options.home)
  return startLocked(location, lock, options)
}

/**
 * Returns the PostgreSQL of `home` for a command. When a server of Rapport runs on `home`, returns its PostgreSQL, and
 * `stop` does nothing. Otherwise starts PostgreSQL for the command, and `stop` ends it.
 *
 * @throws EmbeddedPostgresError with a message for the operator
 */
export async function shareEmbeddedPostgres(options: Omit<EmbeddedOptions, 'kind'>): Promise<EmbeddedPostgres> {
  const location = await prepareLocation(options.home)
  const deadline = Date.now() + WAIT_LIMIT_MS
  for (;;) {
    const lock = await lockWhenFree(location, { ...options, kind: 'command' })
    if ('release' in lock) return startLocked(location, lock, { ...options, kind: 'command' })
    if (lock.url !== null) return { url: lock.url, ended: new Promise(() => undefined), stop: async () => undefined }
    if (Date.now() > deadline) throw alreadyRunning(lock, options.home)
    await wait(POLL_MS)
  }
}

/** Returns the process that has the database of `home` open, or null when there is none. */
export async function embeddedPostgresHolder(home: string): Promise<Holder | null> {
  const lock = await takeLock(await prepareLocation(home))
  if (!('release' in lock)) return lock
  await lock.release()
  return null
}

/**
 * Deletes the database of `home`. First ends the PostgreSQL that a killed process may have left running.
 *
 * @throws EmbeddedPostgresError when a process has the database open
 */
export async function removeEmbeddedPostgres(home: string): Promise<void> {
  const location = await prepareLocation(home)
  const lock = await takeLock(location)
  if (!('release' in lock)) throw alreadyRunning(lock, home)
  await stopLeftover(location.data)
  await rm(location.folder, { recursive: true, force: true })
  await rm(join(home, 'postgres'), { force: true })
  await lock.release()
}

async function lockWhenFree(location: ClusterLocation, { log }: EmbeddedOptions): Promise<Lock | Holder> {
  const deadline = Date.now() + WAIT_LIMIT_MS
  for (let isLogged = false; ; ) {
    const lock = await takeLock(location)
    if ('release' in lock || lock.kind === 'server' || Date.now() > deadline) return lock
    if (!isLogged) log.info(`Waiting for \`${lock.title}\` (pid ${lock.pid}), which is using the database`)
    isLogged = true
    await wait(POLL_MS)
  }
}

async function startLocked(location: ClusterLocation, lock: Lock, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, kind = 'server', title = 'rapport start', durability = 'durable' } = options
  const self: Holder = { pid: process.pid, kind, title, url: null }
  try {
    await lock.describe(self)
    const leftover = await stopLeftover(location.data)
    if (leftover !== null) log.info(`Stopped PostgreSQL (pid ${leftover}), which a killed Rapport had left running`)
    if (await ensureCluster(location)) log.info(`Created the database in ${location.data}`)
    const passwords = await readPasswords(location)
    const server = await startServer(location, durability, log)
    try {
      await ensureDatabase(server, passwords)
      const url = `postgresql://rapport:${passwords.rapport}@127.0.0.1:${server.port}/rapport`
      await lock.describe({ ...self, url })
      let stopped: Promise<void> | undefined
      const stop = () => (stopped ??= server.stop().then(() => lock.release()))
      return { url, ended: server.ended, stop }
    } catch (error) {
      await server.stop()
      throw error
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function alreadyRunning(holder: Holder, home: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `Rapport is already running here: \`${holder.title}\` (pid ${holder.pid}) uses the database in ${home}. ` +
      'Stop it first, or set RAPPORT_HOME to another folder.',
  )
}
