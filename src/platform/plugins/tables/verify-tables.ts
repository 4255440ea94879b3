import type { ClientBase } from 'pg'
import { APP_ROLE } from '../../data/database.ts'
import { isOwn } from '../statements/own-names.ts'
import { type CatalogEntry, catalogChanges } from './catalog.ts'

/** A table or view of a plugin in the database. */
export interface TableRow {
  readonly name: string
  readonly isView: boolean
  /** Whether the table has a column `workspace_id` that is NOT NULL. */
  readonly hasWorkspace: boolean
  /** Whether row-level security is on, with the same policy as the tables of core. */
  readonly isProtected: boolean
  /** Whether more than SELECT, INSERT, UPDATE and DELETE is granted to the app role, or anything to PUBLIC. */
  readonly isOverGranted: boolean
  /** Whether the app role, with which the server runs requests, may read the table. */
  readonly isReadable: boolean
}

/** A foreign key of a plugin's table. */
export interface KeyRow {
  readonly table: string
  readonly name: string
  readonly target: string
  readonly columns: readonly string[]
  /**
   * Whether a row of `target` can be deleted while rows of `table` refer to it. A deferrable reference to an actor
   * counts too: the removal of a workspace deletes its actors, and the reference is checked only at the commit.
   */
  readonly allowsDelete: boolean
}

// Each permissive policy of a table has to be equal to the policy "workspace" of core's tables. A plugin may add any
// restrictive policy, because it only hides more rows.
const TABLES = `select c.relname::text as name, c.relkind = 'v' as "isView",
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull) as "hasWorkspace",
    c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive)
      and not exists (select from pg_policy p, pg_policy core
        where p.polrelid = c.oid and p.polpermissive
          and core.polrelid = 'plugin_activations'::regclass and core.polname = 'workspace'
          and (p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) is distinct from
            (core.polcmd, core.polroles, pg_get_expr(core.polqual, core.polrelid), pg_get_expr(core.polwithcheck, core.polrelid))
      ) as "isProtected",
    has_table_privilege($2, c.oid, 'TRUNCATE') or has_table_privilege($2, c.oid, 'TRIGGER')
      or exists (select from aclexplode(c.relacl) x where x.grantee = 0) as "isOverGranted",
    has_table_privilege($2, c.oid, 'SELECT') as "isReadable"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and starts_with(c.relname, $1)
  order by 1`

const KEYS = `select c.relname::text as table, k.conname::text as name, t.relname::text as target,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = any(k.conkey)) as columns,
    k.confdeltype in ('c', 'n') or (k.confdeltype = 'a' and k.condeferrable and t.oid = 'actors'::regclass) as "allowsDelete"
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and starts_with(c.relname, $1) order by 1, 2`

/**
 * Returns the problems of the plugin's tables in the database, one clause each. Every table has to have a column
 * `workspace_id` and the same row-level security as the tables of core. Its foreign keys must not prevent the deletion
 * of records of core and of other plugins.
 */
export async function tableProblems(client: ClientBase, id: string): Promise<string[]> {
  return problemsOfTables(id, await readTables(client, id), await readKeys(client, id))
}

/** Returns the tables and views of the plugin in the database. */
export async function readTables(client: ClientBase, id: string): Promise<TableRow[]> {
  return (await client.query<TableRow>(TABLES, [`${id}_`, APP_ROLE])).rows
}

/** Returns the foreign keys of the plugin's tables in the database. */
export async function readKeys(client: ClientBase, id: string): Promise<KeyRow[]> {
  return (await client.query<KeyRow>(KEYS, [`${id}_`])).rows
}

/** Does the same as `tableProblems` for tables and foreign keys that were read before. */
export function problemsOfTables(id: string, tables: readonly TableRow[], keys: readonly KeyRow[]): string[] {
  return [
    ...tables.flatMap(({ name, isView, hasWorkspace, isProtected, isOverGranted, isReadable }) => [
      ...(hasWorkspace || isView ? [] : [`the table ${name} has no column workspace_id NOT NULL`]),
      ...(isProtected || isView
        ? []
        : [
            `the table ${name} has no row-level security with the policy "workspace", as rapport plugin migration writes it`,
          ]),
      ...(isOverGranted ? [`${name} grants more than SELECT, INSERT, UPDATE and DELETE to ${APP_ROLE}`] : []),
      ...(isReadable ? [] : [`${name} is not granted to ${APP_ROLE}`]),
    ]),
    ...keys.flatMap(({ table, name, target, columns, allowsDelete }) => [
      ...(columns.includes('workspace_id') || target === 'workspaces'
        ? []
        : [`the foreign key ${name} of ${table} leaves out workspace_id`]),
      ...(allowsDelete || isOwn(id, target)
        ? []
        : [
            `the foreign key ${name} of ${table} keeps ${target} from deleting its records: write ON DELETE CASCADE or SET NULL, or for actors NO ACTION DEFERRABLE`,
          ]),
    ]),
  ]
}

/** Returns the changes to database objects that do not belong to the plugin, one clause each. */
export function foreignChanges(id: string, before: readonly CatalogEntry[], after: readonly CatalogEntry[]): string[] {
  const others = (entries: readonly CatalogEntry[]) => entries.filter(({ parent }) => !isOwn(id, parent))
  return catalogChanges(others(before), others(after))
}
