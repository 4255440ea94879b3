import type { PendingWrite, Work } from './define.ts'
import type { UserError } from './user-errors.ts'
import type { ObjectWriter } from './writer.ts'

/** A write after the rules had their say. */
export interface Ruled {
  readonly write: PendingWrite
  readonly existingId: string | null
  /** Every rule's refusals: the caller sees all reasons at once. */
  readonly refusals: readonly UserError[]
}

/** Runs the rules before a write, in their order; each sees what those before it patched. */
export async function applyRules(work: Work, writer: ObjectWriter, pending: PendingWrite): Promise<Ruled> {
  let write = pending
  let existingId: string | null = null
  const refusals: UserError[] = []
  for (const rule of writer.rules) {
    if (!rule.before || !rule.on.includes(write.kind)) continue
    const answer = await rule.before(write, work)
    if (answer?.patch) write = { ...write, values: { ...write.values, ...answer.patch } }
    if (answer?.existingId) existingId = answer.existingId
    if (answer?.refusals) refusals.push(...answer.refusals)
  }
  return { write, existingId, refusals }
}
