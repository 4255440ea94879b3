import type { ModelTypes } from '../../../generated/models.ts'
import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { notFound, type UserError } from '../../platform/declare/rules/user-errors.ts'

/** A lead as it is stored. */
export type StoredLead = ModelTypes['Lead']['columns']

interface LockedLead {
  /** Null when there is no such lead, or the caller may not see it. */
  readonly lead: StoredLead | null
  readonly missing: readonly UserError[]
}

/**
 * Locks a lead until the end of the transaction, for an operation that changes it.
 * @param id Record id that the client has sent.
 * @throws GraphQLError FORBIDDEN when the caller sees the lead but may not update it.
 */
export async function lockLead(context: PluginContext, id: string): Promise<LockedLead> {
  const uuid = await context.records.lock('Lead', id)
  // Read again with types: all columns, whatever the caller may read of them.
  const row = uuid && (await context.unrestricted.prisma.lead.findFirst({ where: { id: uuid } }))
  if (!row) return { lead: null, missing: [notFound(['input', 'id'], 'Lead')] }
  // Prisma has a day as a Date at midnight UTC.
  return { lead: { ...row, recycleOn: row.recycleOn?.toISOString().slice(0, 10) ?? null }, missing: [] }
}
