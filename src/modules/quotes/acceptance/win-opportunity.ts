import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'

/**
 * Closes the opportunity of an accepted quote as won, unless it is won already. Locks it first: of two quotes that are
 * accepted at the same time the second finds another one accepted.
 */
export async function winOpportunity(
  context: PluginContext,
  opportunityId: string,
): Promise<{ readonly userErrors: readonly UserError[] }> {
  const { transaction, records } = context
  const ws = sql`${transaction.workspaceId}::uuid`
  await transaction.query(
    sql`select from opportunities where workspace_id = ${ws} and id = ${opportunityId}::uuid for no key update`,
  )
  const [facts] = await transaction.query<{ status: string; hasAccepted: boolean }>(sql`select o.status,
      exists (select from quotes q where q.workspace_id = o.workspace_id and q.opportunity_id = o.id and q.status = 'ACCEPTED') as "hasAccepted"
    from opportunities o where o.workspace_id = ${ws} and o.id = ${opportunityId}::uuid`)
  if (facts?.hasAccepted) return refuse('Another quote of the opportunity was accepted.')
  if (facts?.status === 'LOST') return refuse('The opportunity is lost. Reopen it first, with reopenOpportunity.')
  if (facts?.status === 'WON') return { userErrors: [] }
  const { userErrors } = await records.act('closeOpportunity', opportunityId, { outcome: 'WON' })
  // Paths of the act on the opportunity are not paths of this input.
  return { userErrors: userErrors.map((error) => ({ ...error, path: ['input', 'id'] })) }
}

function refuse(why: string) {
  return { userErrors: [ruleViolation('quotes.states', ['input', 'id'], why)] }
}
