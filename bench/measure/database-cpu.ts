import { readdir, readFile } from 'node:fs/promises'
import type { Client } from 'pg'

const TICKS_PER_SECOND = 100

/** Answers the CPU that PostgreSQL's processes have used so far, in microseconds; null where the system does not tell. */
export type DatabaseCpu = () => Promise<number | null>

/** Watches the server process behind a connection, if it runs on this machine and the machine has Linux' /proc. */
export async function watchDatabaseCpu(client: Client): Promise<DatabaseCpu> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = await processOf(String(rows[0]?.pid ?? 0))
  // A process of that number elsewhere is no PostgreSQL's.
  if (backend?.name !== 'postgres') return async () => null
  return () => familyCpu(backend.parent)
}

/** The postmaster, its children that have ended, and those that run. */
async function familyCpu(postmaster: string): Promise<number> {
  const parent = await processOf(postmaster)
  let ticks = (parent?.ticks ?? 0) + (parent?.endedTicks ?? 0)
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const child = await processOf(pid)
    if (child?.parent === postmaster) ticks += child.ticks
  }
  return (ticks * 1_000_000) / TICKS_PER_SECOND
}

interface Process {
  readonly name: string
  readonly parent: string
  readonly ticks: number
  /** Of its children that have ended. */
  readonly endedTicks: number
}

/** What /proc says of a process (proc(5), `stat`), or null when there is none. */
async function processOf(pid: string): Promise<Process | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  const match = text === null ? null : /^\d+ \((.*)\) (.*)$/s.exec(text)
  if (!match?.[1] || !match[2]) return null
  // From the third field on: state, ppid, …, utime (14), stime, cutime, cstime.
  const fields = match[2].split(' ')
  const sum = (...indexes: number[]) => indexes.reduce((total, index) => total + Number(fields[index - 3]), 0)
  return { name: match[1], parent: fields[1] ?? '', ticks: sum(14, 15), endedTicks: sum(16, 17) }
}
