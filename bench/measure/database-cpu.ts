import { readdir, readFile } from 'node:fs/promises'
import type { Client } from 'pg'

const TICKS_PER_SECOND = 100

/**
 * Returns the CPU time that PostgreSQL's processes have used so far, in microseconds, or null when it cannot be
 * measured.
 */
export type DatabaseCpu = () => Promise<number | null>

/**
 * Returns a function that measures the CPU time of the PostgreSQL server of a connection. This works when the server
 * runs on this machine, and the machine has Linux' /proc.
 */
export async function watchDatabaseCpu(client: Client): Promise<DatabaseCpu> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = await readProcess(String(rows[0]?.pid ?? 0))
  // When PostgreSQL runs on another machine, the process with this pid on this machine is another program, or none.
  if (backend?.name !== 'postgres') return async () => null
  return () => serverCpu(backend.parent)
}

/** Returns the CPU time of the postmaster and of its ended and running child processes, in microseconds. */
async function serverCpu(postmaster: string): Promise<number> {
  const parent = await readProcess(postmaster)
  let ticks = (parent?.ticks ?? 0) + (parent?.endedTicks ?? 0)
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const child = await readProcess(pid)
    if (child?.parent === postmaster) ticks += child.ticks
  }
  return (ticks * 1_000_000) / TICKS_PER_SECOND
}

interface Process {
  readonly name: string
  readonly parent: string
  /** CPU time of the process itself, in clock ticks. */
  readonly ticks: number
  /** CPU time of its children that have ended, in clock ticks. */
  readonly endedTicks: number
}

/** Returns a process as described in /proc (proc(5), `stat`), or null when it does not exist. */
async function readProcess(pid: string): Promise<Process | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  const match = text === null ? null : /^\d+ \((.*)\) (.*)$/s.exec(text)
  if (!match?.[1] || !match[2]) return null
  // The fields from the third one: state, ppid, …, utime (14), stime, cutime, cstime.
  const fields = match[2].split(' ')
  const sum = (...indexes: number[]) => indexes.reduce((total, index) => total + Number(fields[index - 3]), 0)
  return { name: match[1], parent: fields[1] ?? '', ticks: sum(14, 15), endedTicks: sum(16, 17) }
}
