import type { ClientBase } from 'pg'
import { APP_ROLE } from '../../data/database.ts'
import { isOwn } from '../statements/own-names.ts'
import { type CatalogEntry, catalogChanges } from './catalog.ts'

interface TableRow {
  readonly name: string
  readonly isView: boolean
  readonly hasWorkspace: boolean
  readonly isProtected: boolean
  readonly isOpened: boolean
  readonly isReadable: boolean
}

interface KeyRow {
  readonly table: string
  readonly name: string
  readonly target: string
  readonly hasWorkspace: boolean
  /** Whether the target can be deleted. A workspace is removed with its actors: what refers to these then waits for the end. */
  readonly frees: boolean
}

// Every policy of a table is the one of core's tables, but those that only restrict it further.
const TABLES = `select c.relname::text as name, c.relkind = 'v' as "isView",
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull) as "hasWorkspace",
    c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive)
      and not exists (select from pg_policy p, pg_policy own
        where p.polrelid = c.oid and p.polpermissive
          and own.polrelid = 'plugin_activations'::regclass and own.polname = 'workspace'
          and (p.polcmd, p.polroles, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) is distinct from
            (own.polcmd, own.polroles, pg_get_expr(own.polqual, own.polrelid), pg_get_expr(own.polwithcheck, own.polrelid))
      ) as "isProtected",
    has_table_privilege($2, c.oid, 'TRUNCATE') or has_table_privilege($2, c.oid, 'TRIGGER')
      or exists (select from aclexplode(c.relacl) x where x.grantee = 0) as "isOpened",
    has_table_privilege($2, c.oid, 'SELECT') as "isReadable"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and starts_with(c.relname, $1)
  order by 1`

const KEYS = `select c.relname::text as table, k.conname::text as name, t.relname::text as target,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnum = any(k.conkey)) as "hasWorkspace",
    k.confdeltype in ('c', 'n') or (k.confdeltype = 'a' and k.condeferrable and t.oid = 'actors'::regclass) as frees
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and starts_with(c.relname, $1) order by 1, 2`

/**
 * What is wrong with the plugin's tables as they are now: a sentence each. Every one belongs to workspaces, is held by the
 * same row-level security as core's, and keeps nobody from deleting records of theirs.
 */
export async function tableProblems(client: ClientBase, id: string): Promise<string[]> {
  const tables = await client.query<TableRow>(TABLES, [`${id}_`, APP_ROLE])
  const keys = await client.query<KeyRow>(KEYS, [`${id}_`])
  return [
    ...tables.rows.flatMap(({ name, isView, hasWorkspace, isProtected, isOpened, isReadable }) => [
      ...(hasWorkspace || isView ? [] : [`the table ${name} has no column workspace_id NOT NULL`]),
      ...(isProtected || isView
        ? []
        : [
            `the table ${name} has no row-level security with the policy "workspace", as rapport plugin migration writes it`,
          ]),
      ...(isOpened ? [`${name} grants more than SELECT, INSERT, UPDATE and DELETE to ${APP_ROLE}`] : []),
      ...(isReadable ? [] : [`${name} is not granted to ${APP_ROLE}`]),
    ]),
    ...keys.rows.flatMap(({ table, name, target, hasWorkspace, frees }) => [
      ...(hasWorkspace || target === 'workspaces'
        ? []
        : [`the foreign key ${name} of ${table} leaves out workspace_id`]),
      ...(frees || isOwn(id, target)
        ? []
        : [
            `the foreign key ${name} of ${table} keeps ${target} from deleting its records: write ON DELETE CASCADE or SET NULL, or for actors NO ACTION DEFERRABLE`,
          ]),
    ]),
  ]
}

/** What a plugin did to things that are not its own: a sentence each. */
export function foreignChanges(id: string, before: readonly CatalogEntry[], after: readonly CatalogEntry[]): string[] {
  const others = (entries: readonly CatalogEntry[]) => entries.filter(({ of }) => !isOwn(id, of))
  return catalogChanges(others(before), others(after))
}
