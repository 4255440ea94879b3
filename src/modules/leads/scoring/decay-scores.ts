import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import { defineJob } from '../../../platform/declare/job.ts'
import { decayedPoints } from './decay.ts'

/** Leads whose scores one statement computes. */
const BATCH = 5_000
/** Statements of one run at most. The next run computes more, the oldest scores first. */
const MOST_BATCHES = 20

/**
 * Computes the points of leads anew whose score is a day old. Only the time has changed: which rules a lead meets was
 * decided when the lead or a rule changed last. A score is not logged: it follows from the lead and the rules.
 */
export const decayScores = defineJob({
  name: 'leads.decayScores',
  description: 'Computes the scores of leads anew whose score is a day old, because points decay with the time.',
  schedule: '23 * * * *',
  async run(_, { now, transaction }) {
    const ws = hiddenFromPlanner(transaction.workspaceId)
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      // One statement, by SQL: Prisma can't compute the points of many leads by many rules.
      const [done] = await transaction.query<{ count: number }>(sql`
        with due as (
            select l.id from leads l
            where l.workspace_id = ${ws} and l.status <> 'CONVERTED' and l.scored_at <= ${now}::timestamptz - interval '1 day'
            order by l.scored_at limit ${BATCH}::int for update of l skip locked),
          decayed as (
            update lead_score_entries e set points = ${decayedPoints(sql`r`, sql`e.matched_at`, now)}
            from due join lead_scoring_rules r on r.workspace_id = ${ws}
            where e.workspace_id = ${ws} and e.lead_id = due.id and e.rule_id = r.id
            returning e.lead_id, e.points),
          scored as (
            update leads l set scored_at = ${now}::timestamptz,
              score = coalesce((select sum(d.points)::int from decayed d where d.lead_id = l.id), 0)
            from due where l.workspace_id = ${ws} and l.id = due.id
            returning l.id)
        select count(*)::int as count from scored`)
      if (done === undefined || done.count < BATCH) return
    }
  },
})
