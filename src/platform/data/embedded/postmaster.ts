import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError, systemErrorCode } from './embedded-error.ts'

/** What `postmaster.pid` in the data folder says about the server that runs there. */
export interface PostmasterFile {
  readonly pid: number
  /** Whether the server accepts connections. */
  readonly ready: boolean
}

// A fast shutdown (SIGINT) first writes all changed pages to disk. After FAST_LIMIT_MS the server is ended immediately
// (SIGQUIT) and recovers from the write-ahead log at its next start: slower, but nothing is lost.
const FAST_LIMIT_MS = 30_000
const IMMEDIATE_LIMIT_MS = 10_000
const POLL_MS = 10

/** Returns what `postmaster.pid` of a data folder says; null when there is no such file or it names no process. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const lines = (await readFile(postmasterPath(data), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : null
}

/**
 * Removes what a killed Rapport has left behind in a data folder: ends its PostgreSQL server if it still runs, and
 * deletes `postmaster.pid`. Call it only while this process holds the lock of the location (`takeLock`).
 *
 * @returns the pid of the server that was ended, or null when no server ran
 * @throws EmbeddedPostgresError when that server does not end
 */
export async function stopLeftover(data: string): Promise<number | null> {
  const file = await readPostmasterFile(data)
  if (file === null) return null
  const isRunning = await isPostmasterOf(file.pid, data)
  if (isRunning) await stopPostmaster(file.pid, data)
  // If the file stayed, PostgreSQL would refuse to start when an unrelated process has the pid in it by now. In a
  // container pids are low and soon used again.
  await rm(postmasterPath(data), { force: true })
  return isRunning ? file.pid : null
}

/**
 * Ends the PostgreSQL server with a pid and waits until the process is gone.
 *
 * @throws EmbeddedPostgresError when it still runs after both limits
 */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  send(pid, 'SIGINT')
  if (await waitUntilGone(pid, data, FAST_LIMIT_MS)) return
  send(pid, 'SIGQUIT')
  if (await waitUntilGone(pid, data, IMMEDIATE_LIMIT_MS)) return
  throw new EmbeddedPostgresError(
    `PostgreSQL (pid ${pid}) in ${data} does not stop. Look at its log beside that folder, then end the process.`,
  )
}

async function waitUntilGone(pid: number, data: string, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs
  while (await isPostmasterOf(pid, data)) {
    if (Date.now() > deadline) return false
    await wait(POLL_MS)
  }
  return true
}

/** Whether the process with this pid is a server of this data folder, and not another process that now has the pid. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // The working directory of a server is its data folder. A zombie process has no working directory.
    const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null)
    return workingDirectory !== null && workingDirectory === (await realpath(data).catch(() => data))
  }
  const output = await promisify(execFile)('ps', ['-o', 'stat=,args=', '-p', String(pid)]).catch(() => null)
  const line = output?.stdout.trim() ?? ''
  return !line.startsWith('Z') && line.includes(`-D ${data}`)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error
  }
}

function postmasterPath(data: string): string {
  return join(data, 'postmaster.pid')
}
