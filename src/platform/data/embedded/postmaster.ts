import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError, systemErrorCode } from './embedded-error.ts'

/** What PostgreSQL writes in its data folder about the server that runs there. */
export interface PostmasterFile {
  readonly pid: number
  /** Whether the server accepts connections. */
  readonly ready: boolean
}

// Fast shutdown writes all changed pages first. Past this limit the server is ended at once and recovers at its next
// start from the write-ahead log: slower, but nothing is lost. In ms.
const FAST_LIMIT = 30_000
const IMMEDIATE_LIMIT = 10_000
const POLL = 10

/** Reads `postmaster.pid` of a data folder, or null when there is none. */
export async function readPostmasterFile(data: string): Promise<PostmasterFile | null> {
  const lines = (await readFile(postmasterPath(data), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : null
}

/**
 * Clears a data folder of the server of a Rapport that was killed: ends it if it still runs, and removes its leftover
 * `postmaster.pid`. Only for the holder of the lock.
 *
 * @returns the pid of the server that was ended, or null when none ran
 * @throws EmbeddedPostgresError when that server does not end
 */
export async function stopLeftover(data: string): Promise<number | null> {
  const file = await readPostmasterFile(data)
  if (file === null) return null
  const runs = await isPostmasterOf(file.pid, data)
  if (runs) await stopPostmaster(file.pid, data)
  // PostgreSQL would refuse to start when the pid has gone to another process, which is common in a container.
  await rm(postmasterPath(data), { force: true })
  return runs ? file.pid : null
}

/** Ends the server with that pid and waits until it is gone. */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  send(pid, 'SIGINT')
  if (await isGone(pid, data, FAST_LIMIT)) return
  send(pid, 'SIGQUIT')
  if (await isGone(pid, data, IMMEDIATE_LIMIT)) return
  throw new EmbeddedPostgresError(
    `PostgreSQL (pid ${pid}) in ${data} does not stop. Look at its log beside that folder, then end the process.`,
  )
}

async function isGone(pid: number, data: string, limit: number): Promise<boolean> {
  const giveUpAt = Date.now() + limit
  while (await isPostmasterOf(pid, data)) {
    if (Date.now() > giveUpAt) return false
    await wait(POLL)
  }
  return true
}

/** Whether the process is a server of this data folder, and not another process that has got the same pid. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // A server works in its data folder. A dead one that nobody has collected yet has no working folder any more.
    const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => null)
    return workingFolder !== null && workingFolder === (await realpath(data).catch(() => data))
  }
  const listed = await promisify(execFile)('ps', ['-o', 'stat=,args=', '-p', String(pid)]).catch(() => null)
  const line = listed?.stdout.trim() ?? ''
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
