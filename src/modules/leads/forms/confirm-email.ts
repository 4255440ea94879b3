import type { Pool } from 'pg'
import { sql } from '../../../platform/data/sql.ts'
import { hashSecret, isSecret } from '../../../platform/identity/secrets.ts'
import { actNamed } from '../../../platform/registry/acts.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { actOnRecord } from '../../../platform/writes/act-on-record.ts'

/** A lead that waits for the confirmation of its e-mail address. */
export interface PendingConfirmation {
  /** uuid */
  readonly workspaceId: string
  /** uuid */
  readonly leadId: string
  readonly tokenHash: string
}

/** Returns the lead of a token in the address of a confirmation; null for a token that is not valid, or not any more. */
export async function findConfirmation(
  ownerPool: Pick<Pool, 'query'>,
  token: string,
  now: Date,
): Promise<PendingConfirmation | null> {
  if (!isSecret('rpc_', token)) return null
  const { rows } = await ownerPool.query<PendingConfirmation>(
    `select workspace_id as "workspaceId", lead_id as "leadId", token_hash as "tokenHash" from lead_confirmations
     where token_hash = $1 and expires_at > $2`,
    [hashSecret(token), now],
  )
  return rows[0] ?? null
}

/**
 * Confirms the e-mail address of a lead: it is not pending any more, and is assigned like a new one. The token is used up.
 * @returns Whether it was confirmed; false when another request has used the token.
 */
export async function confirmEmail(work: UnitOfWork, { leadId, tokenHash }: PendingConfirmation): Promise<boolean> {
  const used = await work.transaction.query(
    sql`delete from lead_confirmations where workspace_id = ${work.transaction.workspaceId}::uuid and token_hash = ${tokenHash}::text returning 1`,
  )
  const { registry } = work.context.runtime
  const owned = actNamed(registry, 'confirmLeadEmail')
  if (used.length === 0 || !owned) return false
  const { errors } = await actOnRecord(work, objectNamed(registry, 'Lead'), leadId, {}, owned)
  return errors.length === 0
}
