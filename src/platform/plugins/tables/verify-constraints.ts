import type { ClientBase } from 'pg'

interface IndexRow {
  readonly table: string
  readonly name: string
}

// The columns of INCLUDE come after those of the key.
const WITHOUT_WORKSPACE = `select t.relname::text as table, c.relname::text as name
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
  where t.relnamespace = 'public'::regnamespace and starts_with(t.relname, $1) and (i.indisunique or i.indisexclusion)
    and not exists (select from pg_attribute a join unnest(i.indkey) with ordinality k(attnum, place) on k.attnum = a.attnum
      where a.attrelid = i.indrelid and a.attname = 'workspace_id' and k.place <= i.indnkeyatts)
  order by 1, 2`

const NAMES = `select k.conname::text as name from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and starts_with(c.relname, $1)
  union
  select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    where c.relnamespace = 'public'::regnamespace and starts_with(c.relname, $1) and x.indisunique`

/**
 * Returns the problems of the unique indexes and constraints of the plugin's tables, one clause each. Each unique index
 * and exclusion constraint has to include `workspace_id`: otherwise a record of one workspace would make the write of
 * another workspace fail.
 * @param declared Names of the constraints for which the plugin declares a message; each has to exist.
 */
export async function constraintProblems(
  client: ClientBase,
  id: string,
  declared: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<IndexRow>(WITHOUT_WORKSPACE, [`${id}_`])
  const names = declared.length === 0 ? [] : (await client.query<{ name: string }>(NAMES, [`${id}_`])).rows
  const missing = declared.filter((name) => !names.some((existing) => existing.name === name))
  return [
    ...rows.map(
      ({ table, name }) =>
        `${name} of ${table} leaves out workspace_id, so that records of different workspaces exclude each other`,
    ),
    ...missing.map((name) => `the plugin declares a message for the constraint ${name}, which no migration creates`),
  ]
}
