import type { ClientBase } from 'pg'
import { ALLOWED_EXTENSIONS } from '../statements/extensions.ts'

/** A database object: a table, column, constraint, policy, function … */
export interface CatalogEntry {
  readonly kind: string
  /**
   * Name of the table or other object that the entry belongs to; for an entry that belongs to no other object, its own
   * name. The prefix of this name identifies the plugin that owns the entry.
   */
  readonly parent: string
  /** Name within the parent. */
  readonly name: string
  /** All other properties of the object, as text. Two entries with equal definitions are identical. */
  readonly definition: string
}

const QUERY = `
select 'table' as kind, c.relname::text as parent, c.relname::text as name,
  concat_ws(' ', c.relkind, pg_get_userbyid(c.relowner), 'rls=' || c.relrowsecurity, 'forced=' || c.relforcerowsecurity,
    c.relacl::text, c.reloptions::text, case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end) as definition
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
union all
select 'column', c.relname, a.attname,
  concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'notnull=' || a.attnotnull, a.attidentity, a.attgenerated, a.attacl::text,
    pg_get_expr(d.adbin, d.adrelid))
from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
union all
select 'constraint', coalesce(c.relname, t.typname), k.conname, pg_get_constraintdef(k.oid) || ' ' || k.convalidated
from pg_constraint k left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
where k.connamespace = 'public'::regnamespace
union all
select 'index', c.relname, i.relname, pg_get_indexdef(x.indexrelid) || ' ' || x.indisvalid
from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
where c.relnamespace = 'public'::regnamespace
union all
select 'policy', c.relname, p.polname,
  concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p join pg_class c on c.oid = p.polrelid
union all
select 'trigger', c.relname, g.tgname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
from pg_trigger g join pg_class c on c.oid = g.tgrelid where not g.tgisinternal and c.relnamespace = 'public'::regnamespace
union all
select 'rule', c.relname, r.rulename, pg_get_ruledef(r.oid)
from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
union all
select 'function', p.proname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) else p.prosrc end || coalesce(p.proacl::text, '')
from pg_proc p where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'type', t.typname, t.typname,
  concat_ws(' ', t.typtype, coalesce(t.typacl::text, ''), (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
from pg_type t left join pg_class c on c.oid = t.typrelid
where t.typnamespace = 'public'::regnamespace and (t.typtype in ('e', 'd') or (t.typtype = 'c' and c.relkind = 'c'))
  and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
union all
select 'extension', extname, extname, extversion from pg_extension where extname <> all($1)
union all
select 'schema', nspname, nspname, coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_'
union all
select 'event trigger', evtname, evtname, evtevent from pg_event_trigger
order by 1, 2, 3`

/**
 * Returns all objects of the schema `public`, and the extensions, schemas and event triggers of the database. Leaves out
 * the extensions that any plugin may create: several plugins share them, and they stay when a plugin is removed.
 */
export async function readCatalog(client: Pick<ClientBase, 'query'>): Promise<CatalogEntry[]> {
  return (await client.query<CatalogEntry>(QUERY, [ALLOWED_EXTENSIONS])).rows
}

/** Returns the differences between two results of `readCatalog`, one clause each: `the table hello_notes is gone`. */
export function catalogChanges(before: readonly CatalogEntry[], after: readonly CatalogEntry[]): string[] {
  const [old, current] = [byKey(before), byKey(after)]
  return [
    ...[...old].flatMap(([key, entry]) => {
      const now = current.get(key)
      if (!now) return [`the ${label(entry)} is gone`]
      return now.definition === entry.definition ? [] : [`the ${label(entry)} was changed`]
    }),
    ...[...current].flatMap(([key, entry]) => (old.has(key) ? [] : [`there is a new ${label(entry)}`])),
  ]
}

function byKey(entries: readonly CatalogEntry[]): Map<string, CatalogEntry> {
  return new Map(entries.map((entry) => [`${entry.kind} ${entry.parent} ${entry.name}`, entry]))
}

function label({ kind, parent, name }: CatalogEntry): string {
  return parent === name ? `${kind} ${name}` : `${kind} ${name} of ${parent}`
}
