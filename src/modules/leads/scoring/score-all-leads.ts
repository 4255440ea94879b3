import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { scoreLeads } from './score-leads.ts'

/** Leads that one statement scores. */
const BATCH = 1_000

/** Computes the scores of all leads of the workspace anew, in the transaction of the context. */
export async function scoreAllLeads(context: PluginContext): Promise<void> {
  const { transaction } = context
  const ws = hiddenFromPlanner(transaction.workspaceId)
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const batch = await transaction.query<{ id: string }>(
      sql`select id from leads where workspace_id = ${ws} and id > ${after}::uuid order by id limit ${BATCH}::int`,
    )
    await scoreLeads(
      context,
      batch.map(({ id }) => id),
    )
    const last = batch.at(-1)
    if (!last || batch.length < BATCH) return
    after = last.id
  }
}
