import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'

/**
 * What the roles of a new workspace may agree on: each role with its largest discount in percent; null for no limit.
 * Without them nobody could approve the first quote.
 */
const STARTING_AUTHORITIES = [
  ['admin', null],
  ['member', '0'],
] as const

/**
 * Inserts the authorities to negotiate of a new workspace, as records that an actor created, and returns them.
 * Workspaces from before this module got the same by the migration that added its tables.
 */
export async function insertStartingAuthorities(client: PoolClient, workspaceId: string, actorId: string) {
  const { rows } = await client.query<{ id: string; roleId: string; maxDiscountPercent: string | null }>(
    `insert into negotiation_authorities (workspace_id, id, role_id, max_discount_percent, created_by_id, updated_by_id)
     select $1, a.id, r.id, a.max_discount, $2, $2
     from unnest($3::uuid[], $4::text[], $5::numeric[]) as a (id, role, max_discount)
     join roles r on r.workspace_id = $1 and r.name = a.role and r.deleted_at is null
     returning id, role_id as "roleId", max_discount_percent::text as "maxDiscountPercent"`,
    [
      workspaceId,
      actorId,
      STARTING_AUTHORITIES.map(() => uuidv7()),
      STARTING_AUTHORITIES.map(([role]) => role),
      STARTING_AUTHORITIES.map(([, maximum]) => maximum),
    ],
  )
  return rows
}
