import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { AskedStep } from './find-policies.ts'

/** What decides who can approve a step. Ids are uuids. */
export interface ApproverSearch {
  /** Roles of the seller. */
  readonly sellerRoles: readonly string[]
  /** Roles whose authority covers the quote. */
  readonly coveringRoles: readonly string[]
  /** Actors who wrote or submitted the quote: they are left out. */
  readonly authorIds: readonly string[]
}

/**
 * Returns the active users who can approve a step, without those who wrote or submitted the quote. By SQL: the seller need
 * not be allowed to see them, and the roles above a role are a recursive query.
 */
export async function approversOf(
  { transaction }: PluginContext,
  step: AskedStep,
  { sellerRoles, coveringRoles, authorIds }: ApproverSearch,
): Promise<string[]> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const inRoles = (roles: ReturnType<typeof sql>) =>
    sql`exists (select from actor_roles ar where ar.workspace_id = ${ws} and ar.actor_id = u.id and ar.role_id in (${roles}))`
  const isMeant = {
    ROLE: () => inRoles(sql`${step.roleId}::uuid`),
    USER: () => sql`u.id = ${step.userId}::uuid`,
    AUTHORITY: () => inRoles(sql`select unnest(${[...coveringRoles]}::uuid[])`),
    MANAGER: () =>
      inRoles(sql`with recursive above as (
          select r.id, r.parent_id, 0 as level from roles r where r.workspace_id = ${ws} and r.id = any(${[...sellerRoles]}::uuid[])
          union
          select p.id, p.parent_id, above.level + 1 from above join roles p on p.workspace_id = ${ws} and p.id = above.parent_id
          where above.level < ${step.level ?? 1}::int
        ) select id from above where level = ${step.level ?? 1}::int`),
  }[step.kind]
  const rows = await transaction.query<{ id: string }>(sql`select u.id from actors u
    where u.workspace_id = ${ws} and u.kind = 'USER' and u.is_active and u.id <> all(${[...authorIds]}::uuid[]) and ${isMeant()} order by u.id`)
  return rows.map(({ id }) => id)
}
