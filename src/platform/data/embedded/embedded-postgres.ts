import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { ensureCluster, ensureDatabase, readPasswords } from './cluster.ts'
import { type Place, preparePlace } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { type Holder, type HolderKind, type Lock, takeLock } from './folder-lock.ts'
import { type Durability, startServer } from './postgres-server.ts'
import { stopLeftover } from './postmaster.ts'

/** How to start the embedded PostgreSQL. */
export interface EmbeddedOptions {
  /** Absolute path of the folder that holds it. */
  readonly home: string
  readonly log: Logger
  /** Whether this process serves until it is stopped, or ends by itself. Default `server`. */
  readonly kind?: HolderKind
  /** What this process is called in the messages of others. Default `rapport start`. */
  readonly title?: string
  /** Default `durable`. */
  readonly durability?: Durability
}

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection URL of the database's owner; it contains the password. */
  readonly url: string
  /** Resolves when PostgreSQL ends, whoever ends it. */
  readonly ended: Promise<void>
  /** Ends PostgreSQL, after everything is on disk, and frees the data folder. May be called again. */
  stop(): Promise<void>
}

// How long to wait for another process that soon ends or soon is ready, in ms.
const WAIT_LIMIT = 30_000
const POLL = 50

/**
 * Starts the PostgreSQL of `home`, which is created on the first call. Leftovers of a killed process are cleared away.
 * A command that has the database open is waited for; a server that has it open is an error.
 *
 * @throws EmbeddedPostgresError with a message for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = await preparePlace(options.home)
  const lock = await lockWhenFree(place, options)
  if (!('release' in lock)) throw alreadyRunning(lock, options.home)
  return startLocked(place, lock, options)
}

/**
 * The PostgreSQL of `home` for a command: that of the server which runs there, or else one that the command starts and
 * its `stop` ends again.
 *
 * @throws EmbeddedPostgresError with a message for the operator
 */
export async function shareEmbeddedPostgres(options: Omit<EmbeddedOptions, 'kind'>): Promise<EmbeddedPostgres> {
  const place = await preparePlace(options.home)
  const giveUpAt = Date.now() + WAIT_LIMIT
  for (;;) {
    const lock = await lockWhenFree(place, { ...options, kind: 'command' })
    if ('release' in lock) return startLocked(place, lock, { ...options, kind: 'command' })
    if (lock.url !== null) return { url: lock.url, ended: new Promise(() => undefined), stop: async () => undefined }
    if (Date.now() > giveUpAt) throw alreadyRunning(lock, options.home)
    await wait(POLL)
  }
}

/** Who has the database of `home` open, or null when nobody has. */
export async function embeddedPostgresHolder(home: string): Promise<Holder | null> {
  const lock = await takeLock(await preparePlace(home))
  if (!('release' in lock)) return lock
  await lock.release()
  return null
}

/**
 * Deletes the database of `home`, after ending the PostgreSQL that a killed process may have left running on it.
 *
 * @throws EmbeddedPostgresError when a process has it open
 */
export async function removeEmbeddedPostgres(home: string): Promise<void> {
  const place = await preparePlace(home)
  const lock = await takeLock(place)
  if (!('release' in lock)) throw alreadyRunning(lock, home)
  await stopLeftover(place.data)
  await rm(place.folder, { recursive: true, force: true })
  await rm(join(home, 'postgres'), { force: true })
  await lock.release()
}

async function lockWhenFree(place: Place, { log }: EmbeddedOptions): Promise<Lock | Holder> {
  const giveUpAt = Date.now() + WAIT_LIMIT
  for (let told = false; ; ) {
    const lock = await takeLock(place)
    if ('release' in lock || lock.kind === 'server' || Date.now() > giveUpAt) return lock
    if (!told) log.info(`Waiting for \`${lock.title}\` (pid ${lock.pid}), which is using the database`)
    told = true
    await wait(POLL)
  }
}

async function startLocked(place: Place, lock: Lock, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, kind = 'server', title = 'rapport start', durability = 'durable' } = options
  const self: Holder = { pid: process.pid, kind, title, url: null }
  try {
    await lock.describe(self)
    const leftover = await stopLeftover(place.data)
    if (leftover !== null) log.info(`Stopped PostgreSQL (pid ${leftover}), which a killed Rapport had left running`)
    if (await ensureCluster(place)) log.info(`Created the database in ${place.data}`)
    const passwords = await readPasswords(place)
    const server = await startServer(place, durability, log)
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
