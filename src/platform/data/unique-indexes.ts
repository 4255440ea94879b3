import type { Pool } from 'pg'

/** Column names of each unique index, by the index's name. */
export type UniqueIndexes = ReadonlyMap<string, readonly string[]>

/**
 * Reads which columns each unique index is on. A violation names only the index: behind row-level security PostgreSQL
 * leaves out the values, and with them the columns.
 */
export async function readUniqueIndexes(owner: Pool): Promise<UniqueIndexes> {
  const { rows } = await owner.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by k.position) as columns
     from pg_index i
     join pg_class c on c.oid = i.indexrelid
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     cross join unnest(i.indkey) with ordinality as k(attnum, position)
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indisunique group by c.relname`,
  )
  return new Map(rows.map(({ name, columns }) => [name, columns]))
}
