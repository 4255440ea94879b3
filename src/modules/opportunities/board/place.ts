import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { invalid, notFound, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { positionBetween } from './rank.ts'

/** Where a card is to be placed within a stage: at a position, or beside another card. Without any of them: at the end. */
export interface Place {
  readonly position?: string | null | undefined
  readonly beforeId?: string | null | undefined
  readonly afterId?: string | null | undefined
}

type Placed = { readonly position: string } | { readonly refusal: UserError }

/**
 * Returns the position for an opportunity that moves to a place within a stage. Locks the stage until the end of the
 * transaction, so that concurrent moves get different positions.
 */
export async function positionFor(
  context: PluginContext,
  stageId: string,
  opportunityId: string,
  place: Place,
): Promise<Placed> {
  const named = Object.entries(place).filter(([, value]) => value !== null && value !== undefined)
  if (named.length > 1)
    return { refusal: invalid(['input', 'position'], 'Send one of position, beforeId and afterId only.') }
  if (place.position !== null && place.position !== undefined) return { position: place.position }
  const { transaction } = context
  const ws = sql`${transaction.workspaceId}::uuid`
  await transaction.query(sql`select from stages where workspace_id = ${ws} and id = ${stageId}::uuid for update`)
  const besideId = place.beforeId ?? place.afterId ?? null
  const beside = besideId === null ? null : await context.records.get('Opportunity', besideId)
  if (besideId !== null && (beside?.stageId !== stageId || beside.id === opportunityId))
    return {
      refusal: notFound(['input', place.beforeId ? 'beforeId' : 'afterId'], 'The other opportunity in the stage'),
    }
  const gap = () => gapAt(context, stageId, opportunityId, beside?.id ?? null, Boolean(place.beforeId))
  const [before, after] = await gap()
  const position = positionBetween(before, after)
  if (position !== null) return { position }
  await renumber(context, stageId)
  return { position: positionBetween(...(await gap())) ?? '0' }
}

/** Returns the positions of the two cards between which a card is placed: beside a card, or after the last one. */
async function gapAt(
  { transaction }: PluginContext,
  stageId: string,
  movedId: string,
  besideId: string | null,
  isBefore: boolean,
): Promise<[string | null, string | null]> {
  // By SQL, because hidden cards count too, and the order is by position and id together.
  const cards = sql`opportunities where workspace_id = ${transaction.workspaceId}::uuid and stage_id = ${stageId}::uuid and id <> ${movedId}::uuid`
  if (besideId === null) {
    const [last] = await transaction.query<{ position: string }>(
      sql`select position::text from ${cards} order by position desc, id desc limit 1`,
    )
    return [last?.position ?? null, null]
  }
  const [order, beyond] = isBefore ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  const rows = await transaction.query<{ id: string; position: string }>(
    sql`select id, position::text from ${cards} and (id = ${besideId}::uuid or (position, id) ${beyond}
        (select c.position, c.id from opportunities c where c.workspace_id = ${transaction.workspaceId}::uuid and c.id = ${besideId}::uuid))
      order by position ${order}, id ${order} limit 2`,
  )
  const [beside, neighbour] = rows.map(({ position }) => position)
  return isBefore ? [neighbour ?? null, beside ?? null] : [beside ?? null, neighbour ?? null]
}

/**
 * Numbers the cards of a stage 1, 2, 3 … in their order. The order does not change, so neither do versions, and the log
 * has no change.
 */
async function renumber({ transaction }: PluginContext, stageId: string): Promise<void> {
  await transaction.query(sql`update opportunities o set position = n.number
    from (select id, row_number() over (order by position, id) as number from opportunities
      where workspace_id = ${transaction.workspaceId}::uuid and stage_id = ${stageId}::uuid) n
    where o.workspace_id = ${transaction.workspaceId}::uuid and o.id = n.id`)
}
