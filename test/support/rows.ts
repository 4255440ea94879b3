import type { Pool } from 'pg'

/** The number of rows of each table, by the name of the table. */
export async function rowCounts(owner: Pool): Promise<Readonly<Record<string, number>>> {
  const tables = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`,
  )
  const counts = tables.rows.map(({ name }) => `select '${name}' as name, count(*)::int as count from "${name}"`)
  const { rows } = await owner.query<{ name: string; count: number }>(counts.join(' union all '))
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
