import type { ClientBase } from 'pg'

/**
 * Drops the foreign keys, primary keys, unique keys and indexes of tables before a load. Otherwise PostgreSQL would
 * update them for each row. `restore` creates them again unchanged, and PostgreSQL then checks every row. Both have to
 * run in the transaction of the load.
 */
export async function dropKeysAndIndexes(
  client: ClientBase,
  tables: readonly string[],
): Promise<{ restore(log: (line: string) => void): Promise<void> }> {
  const { rows: constraints } = await client.query<{ table: string; name: string; type: string; definition: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, contype as type, pg_get_constraintdef(oid) as definition from pg_constraint
     where contype in ('f', 'p', 'u') and conrelid = any($1::text[]::regclass[]) order by contype = 'f' desc, conname`,
    [tables],
  )
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
     where i.indrelid = any($1::text[]::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))`,
    [tables],
  )
  // Foreign keys of other tables to these tables depend on the primary keys, so they are dropped too.
  const { rows: incoming } = await client.query<{ table: string; name: string; type: string; definition: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, contype as type, pg_get_constraintdef(oid) as definition from pg_constraint
     where contype = 'f' and confrelid = any($1::text[]::regclass[]) and not conrelid = any($1::text[]::regclass[])`,
    [tables],
  )
  const keys = [...incoming, ...constraints]
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${name}`)
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  return {
    async restore(log) {
      log(`  creating ${indexes.length} indexes and ${keys.length} keys`)
      for (const { table, name, type, definition } of keys)
        if (type !== 'f') await client.query(`alter table ${table} add constraint ${name} ${definition}`)
      for (const { definition } of indexes) await client.query(definition)
      for (const { table, name, type, definition } of keys)
        if (type === 'f') await client.query(`alter table ${table} add constraint ${name} ${definition}`)
    },
  }
}
