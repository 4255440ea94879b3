import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Place, writePrivate } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { readPostmasterFile, stopPostmaster } from './postmaster.ts'

/** A PostgreSQL server that this process has started. */
export interface PostgresServer {
  readonly pid: number
  readonly port: number
  /** Resolves when the server ends, whoever ends it. */
  readonly ended: Promise<void>
  /** Rolls back what runs, writes everything to disk and ends the server. */
  stop(): Promise<void>
}

/** Whether committed data must survive a crash of the machine; only tests may say no. */
export type Durability = 'durable' | 'throwaway'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  // Random reads of a solid-state disk or a warm cache cost little more than sequential ones.
  random_page_cost: '1.1',
  // Compiling pays for reports over minutes, not for the short statements of an API.
  jit: 'off',
  // A statement of a server that was killed ends soon instead of holding its locks to the end.
  client_connection_check_interval: '5s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The server's own events only: failed statements would bring people's data into a file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}
const THROWAWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Its workers are a superuser's, so that a database at which one is at work can't be dropped.
  autovacuum: 'off',
}

const POLL = 5
const PORT_ATTEMPTS = 5
// Children of a killed server may need a moment to notice and let go of its memory. In ms.
const MEMORY_LIMIT = 10_000
const REPORT_EVERY = 10_000

/**
 * Starts PostgreSQL on the data folder of a place, on a free port of 127.0.0.1, and waits until it accepts connections.
 * The caller holds the lock of the place.
 *
 * @throws EmbeddedPostgresError with PostgreSQL's reason when it does not start
 */
export async function startServer(place: Place, durability: Durability, log: Logger): Promise<PostgresServer> {
  const started = Date.now()
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const child = await spawnServer(place, port, durability)
    if (await isReady(child, place.data, log)) return handle(child, port, place.data)

    const reason = await lastWords(place.folder)
    // Another process may have taken the port between our look and PostgreSQL's.
    if (/Address already in use/.test(reason) && attempt < PORT_ATTEMPTS) continue
    if (/pre-existing shared memory/.test(reason) && Date.now() - started < MEMORY_LIMIT) {
      await wait(200)
      continue
    }
    throw new EmbeddedPostgresError(
      `PostgreSQL does not start on ${place.data}: ${fatalLine(reason)}. See ${logPath(place.folder)}.`,
    )
  }
}

async function spawnServer(place: Place, port: number, durability: Durability): Promise<ChildProcess> {
  const path = logPath(place.folder)
  await rename(path, join(place.folder, 'postgres.previous.log')).catch(() => undefined)
  await writePrivate(path, '', place.owner)
  const output = await open(path, 'a')
  const settings = { ...SETTINGS, ...(durability === 'throwaway' ? THROWAWAY_SETTINGS : {}), port: String(port) }
  const child = spawn(
    place.binaries.postgres,
    ['-D', place.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...place.account,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', output.fd, output.fd],
      // Its own session: a Ctrl-C in the terminal is for Rapport, which stops PostgreSQL after its last answer.
      detached: true,
    },
  )
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new EmbeddedPostgresError(`PostgreSQL cannot be run: ${String(error)}`, { cause: error })
  } finally {
    await output.close()
  }
  return child
}

/** Waits for the server to accept connections; false when it ended instead. */
async function isReady(child: ChildProcess, data: string, log: Logger): Promise<boolean> {
  let reportAt = Date.now() + REPORT_EVERY
  while (child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(data)
    if (file?.pid === child.pid && file?.ready === true) return true
    if (Date.now() > reportAt) {
      log.info('PostgreSQL is still recovering what its last run left; waiting')
      reportAt += REPORT_EVERY
    }
    await wait(POLL)
  }
  return false
}

function handle(child: ChildProcess, port: number, data: string): PostgresServer {
  const pid = child.pid
  if (pid === undefined) throw new EmbeddedPostgresError(`PostgreSQL for ${data} has no process id.`)
  // The last resort when the process exits without a stop: it may only do what is immediate.
  const onExit = () => process.kill(pid, 'SIGINT')
  process.once('exit', onExit)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', onExit)
      resolve()
    })
  })
  return {
    pid,
    port,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await stopPostmaster(pid, data)
      await ended
    },
  }
}

/** A TCP port of the loopback address that nobody uses now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new EmbeddedPostgresError('127.0.0.1 has no free port.')
  return address.port
}

function logPath(folder: string): string {
  return join(folder, 'postgres.log')
}

async function lastWords(folder: string): Promise<string> {
  return (await readFile(logPath(folder), 'utf8').catch(() => '')).slice(-4_000)
}

function fatalLine(words: string): string {
  const lines = words.trim().split('\n')
  const line = lines.findLast((candidate) => /\b(?:FATAL|PANIC):/.test(candidate)) ?? lines.at(-1) ?? ''
  return line.replace(/^.*?\b(?:FATAL|PANIC):\s*/, '').trim() || 'it ended without a word'
}
