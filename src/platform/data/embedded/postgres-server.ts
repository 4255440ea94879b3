import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type ClusterLocation, writePrivate } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import { readPostmasterFile, stopPostmaster } from './postmaster.ts'

/** A PostgreSQL server that this process has started. */
export interface PostgresServer {
  readonly pid: number
  readonly port: number
  /** Resolves when the server ends, for whatever reason. */
  readonly ended: Promise<void>
  /** Rolls back running transactions, writes everything to disk and ends the server. */
  stop(): Promise<void>
}

/** Whether committed data has to survive a crash of the machine. `throwaway` is for tests only. */
export type Durability = 'durable' | 'throwaway'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  // On a solid-state disk or with a warm cache, random reads cost little more than sequential ones.
  random_page_cost: '1.1',
  // Just-in-time compilation pays off for reports that run for minutes, not for the short statements of an API.
  jit: 'off',
  // A statement whose client was killed is cancelled soon, instead of holding its locks until it is finished.
  client_connection_check_interval: '5s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Only events of the server are logged: statements that fail would put personal data into the log file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}
const THROWAWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Tests drop databases WITH (FORCE). That fails while an autovacuum worker is connected, because the worker runs as a
  // superuser and the tests' role is not a superuser.
  autovacuum: 'off',
}

/** Milliseconds between two checks whether the server is ready. */
const POLL_MS = 5
const PORT_ATTEMPTS = 5
/** How long the child processes of a killed server may take to notice its end and release its shared memory. */
const MEMORY_RELEASE_LIMIT_MS = 10_000
/** Milliseconds between two log lines while the server is not ready. */
const REPORT_INTERVAL_MS = 10_000

/**
 * Starts PostgreSQL on the data folder of a location, on a free port of 127.0.0.1, and waits until it accepts
 * connections. The caller has to hold the lock of the location.
 *
 * @throws EmbeddedPostgresError with PostgreSQL's reason when it does not start
 */
export async function startServer(
  location: ClusterLocation,
  durability: Durability,
  log: Logger,
): Promise<PostgresServer> {
  const started = Date.now()
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const child = await spawnServer(location, port, durability)
    if (await isReady(child, location.data, log)) return serverHandle(child, port, location.data)

    const reason = await readLogTail(location.folder)
    // Another process may have taken the port after it was found to be free.
    if (/Address already in use/.test(reason) && attempt < PORT_ATTEMPTS) continue
    if (/pre-existing shared memory/.test(reason) && Date.now() - started < MEMORY_RELEASE_LIMIT_MS) {
      await wait(200)
      continue
    }
    throw new EmbeddedPostgresError(
      `PostgreSQL does not start on ${location.data}: ${fatalLine(reason)}. See ${logPath(location.folder)}.`,
    )
  }
}

async function spawnServer(location: ClusterLocation, port: number, durability: Durability): Promise<ChildProcess> {
  const path = logPath(location.folder)
  await rename(path, join(location.folder, 'postgres.previous.log')).catch(() => undefined)
  await writePrivate(path, '', location.owner)
  const output = await open(path, 'a')
  const settings = { ...SETTINGS, ...(durability === 'throwaway' ? THROWAWAY_SETTINGS : {}), port: String(port) }
  const child = spawn(
    location.binaries.postgres,
    ['-D', location.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...location.account,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', output.fd, output.fd],
      // Runs PostgreSQL in its own process session, so that Ctrl-C in the terminal does not reach it. Rapport gets the
      // Ctrl-C, answers its last requests and then stops PostgreSQL.
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

/** Waits until the server accepts connections. Returns false when the server has ended instead. */
async function isReady(child: ChildProcess, data: string, log: Logger): Promise<boolean> {
  let reportAt = Date.now() + REPORT_INTERVAL_MS
  while (child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(data)
    if (file?.pid === child.pid && file?.ready === true) return true
    if (Date.now() > reportAt) {
      log.info('PostgreSQL is still recovering from its last run; waiting')
      reportAt += REPORT_INTERVAL_MS
    }
    await wait(POLL_MS)
  }
  return false
}

function serverHandle(child: ChildProcess, port: number, data: string): PostgresServer {
  const pid = child.pid
  if (pid === undefined) throw new EmbeddedPostgresError(`PostgreSQL for ${data} has no process id.`)
  // Ends PostgreSQL when this process exits without calling `stop`. An exit listener can only run synchronous code.
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

/** Returns a TCP port of the loopback address that is free at the moment. */
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

/** Returns the last 4,000 characters of the server's log. */
async function readLogTail(folder: string): Promise<string> {
  return (await readFile(logPath(folder), 'utf8').catch(() => '')).slice(-4_000)
}

/** Returns the message of the last fatal error in the log, or else its last line. */
function fatalLine(log: string): string {
  const lines = log.trim().split('\n')
  const line = lines.findLast((candidate) => /\b(?:FATAL|PANIC):/.test(candidate)) ?? lines.at(-1) ?? ''
  return line.replace(/^.*?\b(?:FATAL|PANIC):\s*/, '').trim() || 'it ended without a message'
}
