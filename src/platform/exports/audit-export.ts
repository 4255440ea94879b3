import { transact } from '../data/transaction.ts'
import { ACTOR_TYPES, appendAudit } from '../log/append.ts'
import type { RequestContext } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import type { ExportOrder } from './export-order.ts'

/** An export that has begun, for its entries in the audit. */
export interface RunningExport {
  /** uuid, which both entries have. */
  readonly id: string
  readonly order: ExportOrder
}

/** Appends the audit entry for the beginning of an export: what is exported. Throws when it can't be written. */
export function auditBeginning(context: RequestContext, { id, order }: RunningExport): Promise<void> {
  return auditExport(context, { export: id, state: 'BEGUN', ...order })
}

/** Appends the audit entry for the end of an export: how many records the caller got. */
export function auditEnd(
  context: RequestContext,
  { id, order }: RunningExport,
  { records, isComplete }: { readonly records: number; readonly isComplete: boolean },
): Promise<void> {
  const state = isComplete ? 'COMPLETED' : 'INTERRUPTED'
  return auditExport(context, { export: id, state, object: order.object, records })
}

async function auditExport(context: RequestContext, values: Readonly<Record<string, unknown>>): Promise<void> {
  const { runtime, actor } = context
  const set = Object.entries(values).filter(([, value]) => value !== null)
  const changes = Object.fromEntries(set.map(([name, value]) => [name, { from: null, to: value }]))
  await transact(
    runtime.database,
    actor.workspaceId,
    (transaction) =>
      appendAudit(transaction, context, timeOf({ runtime }), [
        { operation: 'EXPORTED', type: ACTOR_TYPES[actor.kind], recordId: actor.id, version: 0, changes },
      ]),
    runtime.onStatement,
  )
}
