import type { Pool } from 'pg'
import { ownerTransaction } from '../data/owner-transaction.ts'
import { OPERATOR, platformActor } from '../log/platform-actor.ts'
import { isLastAdministrator, LAST_ADMINISTRATOR_MESSAGE } from './administrators.ts'
import { ProvisioningError } from './identity-errors.ts'
import { logOperatorWrite } from './operator-writes.ts'
import { endSessions } from './sessions/sessions.ts'

/** A change of the status of a user or an API key, made by the operator. */
export interface StatusChange {
  readonly workspaceId: string
  readonly actorId: string
  readonly kind: 'USER' | 'API_KEY'
  readonly isActive: boolean
  /** Command that the operator ran, for the audit, such as `rapport user suspend`. */
  readonly command: string
  /** Whether even the last administrator of the workspace may be suspended; false when absent. */
  readonly isForced?: boolean
}

/**
 * Suspends or reactivates a user, or revokes an API key, on behalf of the operator. The change takes effect with the
 * next request. The sessions of a suspended user end. Does nothing when the user or key already has the requested
 * status.
 * @throws ProvisioningError when the user or key does not exist, or when the last administrator of the workspace would
 *   be suspended and `isForced` is not set.
 */
export async function changeStatus(ownerPool: Pool, change: StatusChange): Promise<void> {
  const { workspaceId, actorId, kind, isActive, command } = change
  await ownerTransaction(ownerPool, async (client) => {
    const { rows } = await client.query<{ isActive: boolean }>(
      `select is_active as "isActive" from actors where workspace_id = $1 and id = $2 and kind = $3 for no key update`,
      [workspaceId, actorId, kind],
    )
    const [before] = rows
    if (!before)
      throw new ProvisioningError(
        'USER_UNKNOWN',
        `The workspace has no ${kind === 'USER' ? 'user' : 'API key'} with the id ${actorId}.`,
      )
    if (before.isActive === isActive) return
    if (kind === 'USER' && !isActive && !change.isForced && (await isLastAdministrator(client, workspaceId, actorId)))
      throw new ProvisioningError('LAST_ADMINISTRATOR', LAST_ADMINISTRATOR_MESSAGE)
    const operatorId = await platformActor(client, workspaceId, OPERATOR)
    const updated = await client.query<{ version: number }>(
      `update actors set is_active = $3, version = version + 1, updated_at = now(), updated_by_id = $4
       where workspace_id = $1 and id = $2 returning version`,
      [workspaceId, actorId, isActive, operatorId],
    )
    if (!isActive) await endSessions(client, { workspaceId, actorId, reason: 'SUSPENDED' })
    const type = kind === 'USER' ? 'User' : 'ApiKey'
    const version = updated.rows[0]?.version ?? 0
    const changes = { isActive: { from: before.isActive, to: isActive } }
    await logOperatorWrite(client, {
      workspaceId,
      recordId: actorId,
      type,
      operation: 'UPDATED',
      version,
      changes,
      command,
    })
  })
}
