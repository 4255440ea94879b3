import type { Pool } from 'pg'
import { type CatalogEntry, catalogChanges, readCatalog } from '../../../src/platform/plugins/tables/catalog.ts'

/** The schema of a database and the number of rows of each table. */
export interface DatabaseState {
  readonly catalog: readonly CatalogEntry[]
  readonly rows: ReadonlyMap<string, number>
}

const TABLES = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)' order by 1`

export async function readState(owner: Pool): Promise<DatabaseState> {
  const client = await owner.connect()
  try {
    const catalog = await readCatalog(client)
    const { rows: tables } = await client.query<{ name: string }>(TABLES)
    // A refusal creates an audit entry, which is the only write that is allowed.
    const kept = (name: string) => (name.endsWith('audit_entries') ? `where operation <> 'REFUSED'` : '')
    const counts = tables.map(
      ({ name }) => `select '${name}' as name, count(*)::int as count from ${name} ${kept(name)}`,
    )
    const { rows } = await client.query<{ name: string; count: number }>(counts.join(' union all '))
    return { catalog, rows: new Map(rows.map(({ name, count }) => [name, count])) }
  } finally {
    client.release()
  }
}

/** The differences between two states, one sentence for each. */
export function stateChanges(before: DatabaseState, after: DatabaseState): string[] {
  const names = new Set([...before.rows.keys(), ...after.rows.keys()])
  const rows = [...names].flatMap((name) => {
    const [was, is] = [before.rows.get(name), after.rows.get(name)]
    return was === is ? [] : [`${name} had ${was} rows and has ${is}`]
  })
  return [...catalogChanges(before.catalog, after.catalog), ...rows]
}
