import type { Pool } from 'pg'
import pg from 'pg'
import { at } from '../../src/testing/answers.ts'

/** A statement that the server sent. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a query plan read from each table when it ran. */
export interface RowsRead {
  /** Rows, including those that it filtered out. */
  readonly rows: Readonly<Record<string, number>>
  /** How far the rows may be off: before version 18 PostgreSQL reports rounded rows for each loop. */
  readonly slack: Readonly<Record<string, number>>
}

/**
 * Runs a statement as the server does, under its role and in the workspace, and returns what its plan read. `custom` is
 * the plan for these values, `generic` the plan that PostgreSQL makes once for all values of a prepared statement.
 */
export async function rowsRead(
  owner: Pool,
  workspaceId: string,
  { text, values }: Statement,
  plan: 'custom' | 'generic',
): Promise<RowsRead> {
  const client = await owner.connect()
  try {
    await client.query('begin')
    await client.query(
      `set local role rapport_app; set local plan_cache_mode = force_${plan}_plan; set local jit = off`,
    )
    await client.query(`select set_config('app.workspace_id', $1, true)`, [workspaceId])
    await client.query(`prepare measured as ${text}`)
    const execute = values.length > 0 ? `execute measured(${values.map(literal).join(', ')})` : 'execute measured'
    const { rows } = await client.query<Record<string, unknown>>(
      `explain (analyze, timing off, format json) ${execute}`,
    )
    const version = await client.query<{ number: number }>(
      `select current_setting('server_version_num')::int as number`,
    )
    const counts: Counts = { rows: {}, slack: {}, isRounded: (version.rows[0]?.number ?? 0) < 180_000 }
    // The server's pools leave json as text.
    count(at(JSON.parse(String(rows[0]?.['QUERY PLAN'])), '0.Plan'), counts)
    return counts
  } finally {
    await client.query('rollback; deallocate all')
    client.release()
  }
}

interface Counts {
  readonly rows: Record<string, number>
  readonly slack: Record<string, number>
  readonly isRounded: boolean
}

function count(node: unknown, counts: Counts): void {
  const number = (name: string) => Number(at(node, name) ?? 0)
  const table = at(node, 'Relation Name')
  if (typeof table === 'string') {
    const perLoop = number('Actual Rows') + number('Rows Removed by Filter') + number('Rows Removed by Index Recheck')
    const loops = number('Actual Loops')
    counts.rows[table] = (counts.rows[table] ?? 0) + Math.round(perLoop * loops)
    counts.slack[table] = (counts.slack[table] ?? 0) + (counts.isRounded && loops > 1 ? loops / 2 : 0)
  }
  const children = at(node, 'Plans')
  if (Array.isArray(children)) for (const child of children) count(child, counts)
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((each) => JSON.stringify(String(each))).join(',')}}`)
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
}
