import { mustSucceed } from '../../../platform/declare/must-succeed.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { endApproval } from '../approval/approval-store.ts'
import { statesBefore } from '../states/transitions.ts'

/** Supersedes the other quotes of an opportunity that approvers or the customer could still decide on. */
export async function supersedeOthers(
  context: PluginContext,
  { id, opportunityId }: { readonly id: string; readonly opportunityId: string },
): Promise<void> {
  const others = await context.unrestricted.prisma.quote.findMany({
    where: { opportunityId, deletedAt: null, status: { in: [...statesBefore('supersedeQuote')] }, NOT: { id } },
    select: { id: true, status: true, approvalId: true },
    orderBy: { id: 'asc' },
  })
  for (const other of others) {
    if (other.status === 'IN_REVIEW' && other.approvalId !== null) await endApproval(context, other.approvalId, 'VOID')
    mustSucceed(await context.records.patch('Quote', other.id, { status: 'SUPERSEDED', pendingStepCount: 0 }))
  }
}
