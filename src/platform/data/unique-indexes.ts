import type { Pool } from 'pg'

/** A unique index of a table in the schema `public`. */
export interface UniqueIndex {
  readonly table: string
  /** Names of the indexed columns, in order. Expressions are left out. */
  readonly columns: readonly string[]
  /** Whether the index is on columns only, without expressions. */
  readonly isPlain: boolean
}

/** Unique indexes, by index name. */
export type UniqueIndexes = ReadonlyMap<string, UniqueIndex>

/**
 * Reads the columns of each unique index. An error of a unique violation names only the index, because under row-level
 * security PostgreSQL leaves out the detail with the columns and values.
 */
export async function readUniqueIndexes(ownerPool: Pool): Promise<UniqueIndexes> {
  const { rows } = await ownerPool.query<UniqueIndex & { readonly name: string }>(
    `select c.relname::text as name, t.relname::text as table, i.indexprs is null as "isPlain",
       array_agg(a.attname::text order by k.position) as columns
     from pg_index i
     join pg_class c on c.oid = i.indexrelid
     join pg_class t on t.oid = i.indrelid
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     cross join unnest(i.indkey) with ordinality as k(attnum, position)
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indisunique group by c.relname, t.relname, i.indexprs is null`,
  )
  return new Map(rows.map(({ name, ...index }) => [name, index]))
}
