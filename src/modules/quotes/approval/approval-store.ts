import type { EnumTypes } from '../../../../generated/models.ts'
import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { QuoteRow } from './find-authorities.ts'
import type { ApprovalPlan, PlannedStep } from './plan-approval.ts'

// Approvals are written by SQL and not through records: who may do it is decided by the acts on the quote, and the log has
// each of them as a change of the quote. The row of the quote is locked meanwhile, so that two decisions never collide.

/** Stores the approval that a plan leads to, with its steps, and returns its uuid. */
export async function storeApproval(context: PluginContext, quote: QuoteRow, plan: ApprovalPlan): Promise<string> {
  const { transaction, now, newId, actor } = context
  const ws = sql`${transaction.workspaceId}::uuid`
  const id = newId()
  const isDecided = plan.steps.length === 0
  await transaction.query(sql`insert into quote_approvals
      (workspace_id, id, quote_id, status, content_hash, reasons, submitted_at, submitted_by_id, decided_at, author_ids)
    values (${ws}, ${id}::uuid, ${quote.id}::uuid, ${isDecided ? 'APPROVED' : 'PENDING'}::"QuoteApprovalStatus", ${quote.contentHash},
      ${[...plan.reasons]}::text[], ${now}::timestamptz, ${actor.id}::uuid, ${isDecided ? now : null}::timestamptz, ${[...plan.authorIds]}::uuid[])`)
  const first = Math.min(...plan.steps.map(({ sequence }) => sequence))
  for (const step of plan.steps) await storeStep(context, { approvalId: id, quoteId: quote.id, first }, step)
  return id
}

async function storeStep(
  { transaction, newId }: PluginContext,
  { approvalId, quoteId, first }: { readonly approvalId: string; readonly quoteId: string; readonly first: number },
  { name, sequence, approverIds }: PlannedStep,
): Promise<void> {
  const status = sequence === first ? 'PENDING' : 'WAITING'
  await transaction.query(sql`with step as (
      insert into quote_approval_steps (workspace_id, id, approval_id, quote_id, name, sequence, status)
      values (${transaction.workspaceId}::uuid, ${newId()}::uuid, ${approvalId}::uuid, ${quoteId}::uuid, ${name}, ${sequence}::int, ${status}::"QuoteApprovalStepStatus")
      returning workspace_id, id)
    insert into quote_approvers (workspace_id, step_id, user_id)
    select step.workspace_id, step.id, u.id from step cross join unnest(${[...approverIds]}::uuid[]) as u (id)`)
}

/** A step that an actor may decide now, and the approver for whom, by a delegation; null for the actor's own step. */
export interface OpenStep {
  readonly id: string
  readonly onBehalfOfId: string | null
}

/**
 * Returns the pending steps of an approval that an actor may decide today: as an approver, or for an approver who has
 * delegated to the actor. Nobody who wrote or submitted the quote may, not even for somebody else.
 */
export async function openSteps({ transaction, today, actor }: PluginContext, approvalId: string): Promise<OpenStep[]> {
  return transaction.query<OpenStep & Record<string, unknown>>(sql`
    select distinct on (s.id) s.id, case when a.user_id = ${actor.id}::uuid then null else a.user_id end as "onBehalfOfId"
    from quote_approval_steps s
    join quote_approvals v on v.workspace_id = s.workspace_id and v.id = s.approval_id and v.status = 'PENDING'
      and ${actor.id}::uuid <> all(v.author_ids)
    join quote_approvers a on a.workspace_id = s.workspace_id and a.step_id = s.id
    where s.workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and s.approval_id = ${approvalId}::uuid and s.status = 'PENDING'
      and (a.user_id = ${actor.id}::uuid or exists (
        select from approval_delegations d join actors f on f.workspace_id = d.workspace_id and f.id = d.from_id
        where d.workspace_id = s.workspace_id and d.from_id = a.user_id and d.to_id = ${actor.id}::uuid and d.deleted_at is null
          and ${today}::date between d.starts_on and d.ends_on))
    order by s.id, a.user_id = ${actor.id}::uuid desc, a.user_id`)
}

/** Stores the decision of the actor about steps. */
export async function decideSteps(
  { transaction, now, actor }: PluginContext,
  steps: readonly OpenStep[],
  status: 'APPROVED' | 'REJECTED',
  reason: string | null,
): Promise<void> {
  for (const { id, onBehalfOfId } of steps)
    await transaction.query(sql`update quote_approval_steps set status = ${status}::"QuoteApprovalStepStatus", reason = ${reason},
        decided_at = ${now}::timestamptz, decided_by_id = ${actor.id}::uuid, on_behalf_of_id = ${onBehalfOfId}::uuid
      where workspace_id = ${transaction.workspaceId}::uuid and id = ${id}::uuid`)
}

/** Lets the next steps of an approval be decided when all steps before them are. Returns how many steps are left. */
export async function advance({ transaction }: PluginContext, approvalId: string): Promise<number> {
  const steps = sql`quote_approval_steps where workspace_id = ${transaction.workspaceId}::uuid and approval_id = ${approvalId}::uuid`
  await transaction.query(sql`update quote_approval_steps set status = 'PENDING'
    where workspace_id = ${transaction.workspaceId}::uuid and approval_id = ${approvalId}::uuid and status = 'WAITING'
      and sequence = (select min(sequence) from ${steps} and status in ('WAITING', 'PENDING'))`)
  const [left] = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from ${steps} and status in ('WAITING', 'PENDING')`,
  )
  return left?.count ?? 0
}

/** Ends an approval, and cancels the steps that are not decided. */
export async function endApproval(
  { transaction, now }: PluginContext,
  approvalId: string,
  status: EnumTypes['QuoteApprovalStatus'],
): Promise<void> {
  const ws = sql`${transaction.workspaceId}::uuid`
  await transaction.query(sql`update quote_approvals set status = ${status}::"QuoteApprovalStatus", decided_at = ${now}::timestamptz
    where workspace_id = ${ws} and id = ${approvalId}::uuid`)
  await transaction.query(sql`update quote_approval_steps set status = 'CANCELLED'
    where workspace_id = ${ws} and approval_id = ${approvalId}::uuid and status in ('WAITING', 'PENDING')`)
}
