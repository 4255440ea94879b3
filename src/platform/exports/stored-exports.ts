import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import { z } from 'zod'
import { sql } from '../data/sql.ts'
import type { AuthenticatedActor } from '../identity/authenticate.ts'
import { hashSecret, isSecret, makeSecret } from '../identity/secrets.ts'
import type { UnitOfWork } from '../request/context.ts'
import { type ExportOrder, exportOrder } from './export-order.ts'

/**
 * Minutes for which the address of an export is valid, unless the credential expires earlier: long enough to start the
 * download, not to pass it on.
 */
const VALID_MINUTES = 5

/** What the address of an export stands for. */
export interface StoredExport {
  /** Who has ordered the export, and what their credential depends on. */
  readonly actor: AuthenticatedActor
  readonly rightsVersion: string
  readonly order: ExportOrder
  readonly expiresAt: Date
}

/**
 * Stores an order and returns the token of its address. The database has only a hash of the token. Earlier orders of the
 * caller that have expired are deleted.
 */
export async function storeExport(
  { transaction, context: { actor }, now }: UnitOfWork,
  order: ExportOrder,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = makeSecret('rpx_')
  const end = now.getTime() + VALID_MINUTES * 60_000
  const expiresAt = new Date(actor.expiresAt ? Math.min(end, actor.expiresAt.getTime()) : end)
  const { sessionId, identityProviderId, keyId } = actor
  const credential = { sessionId, identityProviderId, keyId, expiresAt: actor.expiresAt }
  const { format, ...rest } = order
  const { workspaceId } = transaction
  await transaction.query(
    sql`delete from exports where workspace_id = ${workspaceId}::uuid and actor_id = ${actor.id}::uuid and expires_at <= ${now}::timestamptz`,
  )
  await transaction.query(
    sql`insert into exports (workspace_id, id, actor_id, token_hash, format, "order", credential, rights_version, expires_at)
        values (${workspaceId}::uuid, ${uuidv7()}::uuid, ${actor.id}::uuid, ${hashSecret(token)}, ${format}::"ExportFormat",
          ${JSON.stringify(rest)}::jsonb, ${JSON.stringify(credential)}::jsonb, ${actor.rightsVersion}, ${expiresAt}::timestamptz)`,
  )
  return { token, expiresAt }
}

const storedRow = z.object({
  workspaceId: z.string(),
  actorId: z.string(),
  order: z.unknown(),
  format: z.string(),
  credential: z.object({
    sessionId: z.string().nullable(),
    identityProviderId: z.string().nullable(),
    keyId: z.string().nullable(),
    expiresAt: z.coerce.date().nullable(),
  }),
  rightsVersion: z.string(),
  expiresAt: z.date(),
})

/**
 * Returns what a token stands for, or null when it is not known or has expired. The look-up is that of the owner of the
 * tables, because the workspace is known only afterwards, as with an API key.
 */
export async function findExport(ownerPool: Pool, token: string, now: Date): Promise<StoredExport | null> {
  if (!isSecret('rpx_', token)) return null
  const { rows } = await ownerPool.query<Record<string, unknown>>({
    name: 'export-by-token',
    text: `select workspace_id as "workspaceId", actor_id as "actorId", "order", format, credential,
             rights_version as "rightsVersion", expires_at as "expiresAt"
           from exports where token_hash = $1 and expires_at > $2`,
    values: [hashSecret(token), now],
  })
  if (!rows[0]) return null
  const { workspaceId, actorId, order, format, credential, rightsVersion, expiresAt } = storedRow.parse(rows[0])
  return {
    actor: { id: actorId, workspaceId, ...credential },
    rightsVersion,
    order: exportOrder.parse({ ...Object(order), format }),
    expiresAt,
  }
}
