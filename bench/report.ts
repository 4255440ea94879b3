import { cpus, totalmem } from 'node:os'
import type { Client } from 'pg'
import type { Round } from './measure/rounds.ts'
import type { SystemId } from './servers/start.ts'

/** The result of one system for a case: the median of each number over all rounds. */
export type Summary = Omit<Round, 'requests'>

/** The results of all systems for a case. */
export interface CaseReport {
  readonly name: string
  readonly systems: readonly { readonly id: SystemId; readonly summary: Summary; readonly rounds: readonly Round[] }[]
}

const LABELS: Readonly<Record<SystemId, string>> = {
  rapport: 'Rapport',
  postgraphile: 'PostGraphile 5',
  'hand-written': 'hand-written SQL',
}

export function summarize(rounds: readonly Round[]): Summary {
  const databaseCpu = rounds.flatMap((round) => (round.databaseCpu === null ? [] : [round.databaseCpu]))
  return {
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
    serverCpu: median(rounds.map((round) => round.serverCpu)),
    databaseCpu: databaseCpu.length > 0 ? median(databaseCpu) : null,
  }
}

/**
 * Returns the results of a case as a Markdown table, with Rapport's ratio to each other system. For requests per second
 * a ratio above 1 is better, for all other numbers a ratio below 1 is better.
 */
export function caseTable({ name, systems }: CaseReport): string {
  const lines = systems.map(({ id, summary }) => [
    LABELS[id],
    summary.requestsPerSecond.toFixed(0),
    summary.p50.toFixed(2),
    summary.p99.toFixed(2),
    summary.serverCpu.toFixed(0),
    summary.databaseCpu === null ? 'unknown' : summary.databaseCpu.toFixed(0),
  ])
  const rapport = systems.find(({ id }) => id === 'rapport')
  if (rapport)
    for (const otherSystem of systems)
      if (otherSystem !== rapport)
        lines.push([`Rapport / ${LABELS[otherSystem.id]}`, ...ratios(rapport.summary, otherSystem.summary)])
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU µs/request', 'database CPU µs/request']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  )
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [`### ${name}`, '', row(head), rule, ...lines.map(row)].join('\n')
}

function ratios(rapport: Summary, otherSystem: Summary): string[] {
  const ratio = (one: number | null, other: number | null) =>
    one === null || other === null ? 'unknown' : (one / other).toFixed(2)
  return [
    ratio(rapport.requestsPerSecond, otherSystem.requestsPerSecond),
    ratio(rapport.p50, otherSystem.p50),
    ratio(rapport.p99, otherSystem.p99),
    ratio(rapport.serverCpu, otherSystem.serverCpu),
    ratio(rapport.databaseCpu, otherSystem.databaseCpu),
  ]
}

/** Returns what the results depend on besides the code: machine, versions and settings, one per line. */
export async function machineFacts(ownerClient: Client, source: string): Promise<string[]> {
  const { rows } = await ownerClient.query<{ name: string; setting: string }>(
    `select name, current_setting(name) as setting from pg_settings where name in ('server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'jit') order by name`,
  )
  const setting = (name: string) => rows.find((row) => row.name === name)?.setting ?? 'unknown'
  const { rows: size } = await ownerClient.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  )
  return [
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; servers, database and load client share it`,
    `Node ${process.versions.node}; PostgreSQL ${setting('server_version')} (${source})`,
    `PostgreSQL: shared_buffers ${setting('shared_buffers')}, fsync ${setting('fsync')}, synchronous_commit ${setting('synchronous_commit')}, jit ${setting('jit')}; database ${size[0]?.size ?? 'unknown'}`,
  ]
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
