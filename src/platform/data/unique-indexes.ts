import type { Pool } from 'pg'

/** A unique index, or the index of an exclusion constraint, of a table in the schema `public`. */
export interface UniqueIndex {
  readonly table: string
  /** Names of the indexed columns, in order, and then of the columns that its expressions use. */
  readonly columns: readonly string[]
  /**
   * Whether the values of the columns identify a row that is not soft-deleted: the index is unique, has no expressions,
   * and leaves out no other rows.
   */
  readonly isKey: boolean
}

/** Unique indexes and indexes of exclusion constraints, by index name, which is also the name of the constraint. */
export type UniqueIndexes = ReadonlyMap<string, UniqueIndex>

/**
 * Reads the columns of each unique index and exclusion constraint. An error of a violation names only the index,
 * because under row-level security PostgreSQL leaves out the detail with the columns and values.
 */
export async function readUniqueIndexes(ownerPool: Pool): Promise<UniqueIndexes> {
  const { rows } = await ownerPool.query<UniqueIndex & { readonly name: string }>(
    `select c.relname::text as name, t.relname::text as table,
       i.indisunique and i.indexprs is null
         and coalesce(pg_get_expr(i.indpred, i.indrelid), '(deleted_at IS NULL)') = '(deleted_at IS NULL)' as "isKey",
       array(
         select a.attname::text from pg_attribute a
         left join unnest(i.indkey) with ordinality as k(attnum, position) on k.attnum = a.attnum
         where a.attrelid = i.indrelid and a.attnum > 0 and (k.attnum is not null or i.indexprs is not null and exists (
           select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
             and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid and d.refobjsubid = a.attnum))
         order by k.position nulls last, a.attnum
       ) as columns
     from pg_index i
     join pg_class c on c.oid = i.indexrelid
     join pg_class t on t.oid = i.indrelid
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where i.indisunique or i.indisexclusion`,
  )
  return new Map(rows.map(({ name, ...index }) => [name, index]))
}
