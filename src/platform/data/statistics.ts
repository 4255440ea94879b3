import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../async/repeat.ts'

/** Milliseconds between two checks for outdated statistics. */
const CHECK_INTERVAL_MS = 2_000

// The statistics of a table are outdated when more than a tenth of its rows has changed; in a table of more than 10,000
// rows, when more than 10·√rows have changed (10,000 of a million). PostgreSQL's autovacuum updates statistics too, but
// it waits for a tenth in large tables as well, ignores small ones and checks once a minute: in a large installation a
// new workspace would be missing from the statistics for days. A table of which more than half of the rows have changed
// is analysed at the next check, any other outdated table at most every 30 seconds.
const OUTDATED_TABLES = `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables,
  greatest(last_analyze, last_autoanalyze) as counted_at
  where schemaname = any(current_schemas(false))
    and n_mod_since_analyze > least(n_live_tup / 10.0, 10 * sqrt(n_live_tup))
    and (counted_at is null or n_mod_since_analyze > n_live_tup / 2.0 or counted_at < now() - interval '30 seconds')
  order by 1`

/**
 * Runs ANALYZE on the tables whose statistics are outdated, so that PostgreSQL's plans fit their contents. Skips tables
 * that another session has locked, to analyse or alter them.
 * @returns the qualified, quoted names of the outdated tables, including those that were skipped.
 */
export async function refreshStatistics(ownerPool: Pool): Promise<readonly string[]> {
  const { rows } = await ownerPool.query<{ name: string }>(OUTDATED_TABLES)
  for (const { name } of rows) await ownerPool.query(`analyze (skip_locked) ${name}`)
  return rows.map(({ name }) => name)
}

/** Keeps PostgreSQL's statistics of the tables up to date until `close`. Several nodes may do so at the same time. */
export function keepStatisticsFresh({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): { close(): Promise<void> } {
  let isFailing = false
  const refreshing = repeat(async () => {
    try {
      const tables = await refreshStatistics(database.ownerPool)
      if (tables.length > 0) log.debug({ tables }, 'Refreshed the statistics of tables')
      isFailing = false
    } catch (error) {
      // This also happens when a table is dropped with its plugin between the check and its ANALYZE. Of consecutive
      // failures, only the first is logged.
      if (!isFailing) log.warn({ err: error }, 'The statistics of tables could not be refreshed; trying again')
      isFailing = true
    }
    return CHECK_INTERVAL_MS
  }, CHECK_INTERVAL_MS)
  return { close: () => refreshing.stop() }
}
