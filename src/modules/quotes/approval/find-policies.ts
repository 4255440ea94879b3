import type { EnumTypes } from '../../../../generated/models.ts'
import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { meetsStoredFilters } from '../../../platform/reads/filter/stored-filters.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'

/** A step that an approval policy asks for. Ids are uuids. */
export interface AskedStep {
  readonly sequence: number
  readonly kind: EnumTypes['QuoteApproverKind']
  readonly roleId: string | null
  readonly userId: string | null
  readonly level: number | null
}

/** An approval policy that is about a quote. */
export interface FoundPolicy {
  readonly name: string
  readonly description: string | null
  readonly appliesWithinAuthority: boolean
  readonly steps: readonly AskedStep[]
}

/**
 * Returns the policies in use whose filter the quote meets, by name. By SQL: the seller need not be allowed to read
 * policies, and their filters may use fields that the seller may not read.
 */
export async function policiesFor(context: PluginContext, quoteId: string): Promise<FoundPolicy[]> {
  const { transaction } = context
  const policies = await transaction.query<FoundPolicy & { readonly filter: unknown } & Record<string, unknown>>(sql`
    select p.name, p.description, p.filter, p.applies_within_authority as "appliesWithinAuthority",
      (select coalesce(jsonb_agg(jsonb_build_object('sequence', s.sequence, 'kind', s.kind, 'roleId', s.role_id, 'userId', s.user_id, 'level', s.level)
        order by s.sequence, s.position, s.id), '[]') from quote_approval_policy_steps s where s.workspace_id = p.workspace_id and s.policy_id = p.id) as steps
    from quote_approval_policies p
    where p.workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and p.is_active and p.deleted_at is null order by p.name, p.id`)
  const work = workOf(context)
  const quote = objectNamed(work.context.runtime.registry, 'Quote')
  const meets = await meetsStoredFilters(
    work,
    quote,
    quoteId,
    policies.map(({ filter }) => filter ?? {}),
  )
  return policies.filter((_, index) => meets[index])
}
