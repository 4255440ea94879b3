import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../../../platform/async/repeat.ts'
import { sql } from '../../../platform/data/sql.ts'
import { decayedPoints } from './decay.ts'

/** Leads whose scores one statement computes. */
const BATCH = 5_000
/** Milliseconds between two rounds. A score is computed anew when it is a day old. */
const ROUND_MS = 3_600_000
/** Milliseconds until the first round: short, so that a server that is restarted often computes scores too. */
const FIRST_ROUND_MS = 60_000

/**
 * Computes the points anew of leads whose score is a day old, in all workspaces, the oldest scores first and at most `most`. Only
 * the time has changed: which rules a lead meets was decided when the lead or a rule changed last. Several nodes may do so
 * at the same time.
 * @returns The number of leads.
 */
export async function decayScores(ownerPool: Pick<Pool, 'query'>, now: Date, most: number = BATCH): Promise<number> {
  const { text, values } = sql`
    with due as (
        select l.workspace_id, l.id from leads l
        where l.status <> 'CONVERTED' and l.scored_at <= ${now}::timestamptz - interval '1 day'
        order by l.scored_at limit ${most}::int for update of l skip locked),
      decayed as (
        update lead_score_entries e set points = ${decayedPoints(sql`r`, sql`e.matched_at`, now)}
        from due join lead_scoring_rules r on r.workspace_id = due.workspace_id
        where e.workspace_id = due.workspace_id and e.lead_id = due.id and e.rule_id = r.id
        returning e.workspace_id, e.lead_id, e.points)
    update leads l set scored_at = ${now}::timestamptz, score = coalesce((
        select sum(d.points)::int from decayed d where d.workspace_id = l.workspace_id and d.lead_id = l.id), 0)
    from due where l.workspace_id = due.workspace_id and l.id = due.id`
  const { rowCount } = await ownerPool.query(text, values)
  return rowCount ?? 0
}

/** Keeps the scores of leads up to date as their points decay, until `close`. */
export function maintainScores({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): { close(): Promise<void> } {
  const scoring = repeat(async () => {
    try {
      const scored = await decayScores(database.ownerPool, new Date())
      return scored === BATCH ? 0 : ROUND_MS
    } catch (error) {
      log.warn({ err: error }, 'The scores of leads could not be computed anew; this is retried in an hour')
      return ROUND_MS
    }
  }, FIRST_ROUND_MS)
  return { close: () => scoring.stop() }
}
