import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../async/repeat.ts'

/** Milliseconds between looks at what has changed. */
const LOOK_MS = 2_000

// A tenth of a small table, less of a large one: of a million rows 10,000. Autovacuum looks once a minute, passes small tables by,
// and takes a tenth of any: a workspace that is new in a large installation would stay unknown to the planner for days.
// A table that has grown to twice its size is counted at once, any other at most every half minute.
const OUTDATED = `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables,
  greatest(last_analyze, last_autoanalyze) as counted_at
  where schemaname = any(current_schemas(false))
    and n_mod_since_analyze > least(n_live_tup / 10.0, 10 * sqrt(n_live_tup))
    and (counted_at is null or n_mod_since_analyze > n_live_tup / 2.0 or counted_at < now() - interval '30 seconds')
  order by 1`

/**
 * Has PostgreSQL count anew the tables that have changed since it last did, so that its plans fit. Answers their names. What
 * somebody else counts or alters meanwhile is left to them.
 */
export async function refreshStatistics(ownerPool: Pool): Promise<readonly string[]> {
  const { rows } = await ownerPool.query<{ name: string }>(OUTDATED)
  for (const { name } of rows) await ownerPool.query(`analyze (skip_locked) ${name}`)
  return rows.map(({ name }) => name)
}

/** Keeps PostgreSQL's statistics of the tables fresh until `close`. Any number of nodes may do the same. */
export function keepStatistics({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): { close(): Promise<void> } {
  let isFailing = false
  const turn = repeat(async () => {
    try {
      const tables = await refreshStatistics(database.ownerPool)
      if (tables.length > 0) log.debug({ tables }, 'PostgreSQL has counted tables anew')
      isFailing = false
    } catch (error) {
      // A table can go between the look and its turn, with its plugin.
      if (!isFailing) log.warn({ err: error }, 'PostgreSQL can not count its tables now; it is tried again')
      isFailing = true
    }
    return LOOK_MS
  }, LOOK_MS)
  return { close: () => turn.stop() }
}
