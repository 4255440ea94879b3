import type { ClientBase } from 'pg'
import { type ColumnRow, readColumns } from '../verify-models.ts'
import { type KeyRow, readKeys, readTables, type TableRow } from '../verify-tables.ts'

/** A table or view of a plugin, as it is at some point of a migration. Statements change it. */
export interface TableState {
  row: TableRow
  /** By name. */
  readonly columns: Map<string, ColumnRow>
  keys: readonly KeyRow[]
  /** Whether a statement has switched row-level security on, and whether one has created a policy. */
  isSecured: boolean
  hasPolicy: boolean
  /** False when a statement changes the table in a way that its text does not say, as `LIKE` does. */
  isKnown: boolean
}

/** An index, which may belong to a constraint. */
export interface IndexState {
  readonly table: string
  /** The columns that it names, also within expressions. */
  readonly columns: readonly string[]
}

/** The database objects of a plugin, as they are at some point of a migration. */
export interface DatabaseState {
  /** Id of the plugin. */
  readonly id: string
  readonly tables: Map<string, TableState>
  /** Values of each enum; null for another type, such as a domain. */
  readonly types: Map<string, readonly string[] | null>
  /** Types of PostgreSQL, its extensions, core and other plugins. */
  readonly otherTypes: ReadonlySet<string>
  /** Whether a statement has created an extension: which types it has shows only when the migration runs. */
  hasUnknownTypes: boolean
  /** By name. Those whose names PostgreSQL chooses are missing until they exist. */
  readonly indexes: Map<string, IndexState>
  /** Tables and views of core and of other plugins. */
  readonly otherTables: ReadonlySet<string>
}

// An index depends on its columns, or its constraint does.
const RELATIONS = `select c.relname::text as name, coalesce(t.relname::text, '') as table, c.relkind in ('i', 'I') as "isIndex",
    array(select distinct a.attname::text from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.refclassid = 'pg_class'::regclass and d.refobjid = x.indrelid and d.refobjsubid > 0
        and ((d.classid = 'pg_class'::regclass and d.objid = c.oid)
          or (d.classid = 'pg_constraint'::regclass
            and d.objid in (select k.oid from pg_constraint k where k.conindid = c.oid and k.conrelid = x.indrelid)))
    ) as columns
  from pg_class c left join pg_index x on x.indexrelid = c.oid left join pg_class t on t.oid = x.indrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'i', 'I')`

interface RelationRow extends IndexState {
  readonly name: string
  readonly isIndex: boolean
}

const TYPES = `select t.typname::text as name,
    case when t.typtype = 'e' then array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid) end as values
  from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd') and starts_with(t.typname, $1)`

const OTHER_TYPES = `select t.typname::text as name from pg_type t
  where t.typnamespace in ('public'::regnamespace, 'pg_catalog'::regnamespace) and not starts_with(t.typname, $1)`

/** Returns the database objects of a plugin that exist now. */
export async function readDatabaseState(client: ClientBase, id: string): Promise<DatabaseState> {
  const columns = await readColumns(client, id)
  const keys = await readKeys(client, id)
  const tables = (await readTables(client, id)).map((row): [string, TableState] => [
    row.name,
    {
      row,
      columns: new Map(columns.filter(({ table }) => table === row.name).map((column) => [column.name, column])),
      keys: keys.filter(({ table }) => table === row.name),
      isSecured: row.isProtected,
      hasPolicy: row.isProtected,
      isKnown: true,
    },
  ])
  const relations = (await client.query<RelationRow>(RELATIONS)).rows
  const types = await client.query<{ name: string; values: readonly string[] | null }>(TYPES, [`${id}_`])
  const otherTypes = await client.query<{ name: string }>(OTHER_TYPES, [`${id}_`])
  return {
    id,
    tables: new Map(tables),
    types: new Map(types.rows.map(({ name, values }) => [name, values])),
    otherTypes: new Set(otherTypes.rows.map(({ name }) => name)),
    hasUnknownTypes: false,
    indexes: new Map(
      relations
        .filter(({ isIndex }) => isIndex)
        .map(({ name, table, columns: named }) => [name, { table, columns: named }]),
    ),
    otherTables: new Set(
      relations.filter(({ name, isIndex }) => !isIndex && !name.startsWith(`${id}_`)).map(({ name }) => name),
    ),
  }
}
