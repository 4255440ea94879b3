import type { Pool } from 'pg'
import { ownerTransaction } from '../data/owner-transaction.ts'
import { OPERATOR, platformActor } from '../log/platform-actor.ts'
import { ADMINISTRATOR_STAYS, isLastAdministrator } from './administrators.ts'
import { ProvisioningError } from './identity-errors.ts'
import { logOperatorWrite } from './operator-writes.ts'
import { endSessions } from './sessions/sessions.ts'

export interface StatusChange {
  readonly workspaceId: string
  readonly actorId: string
  readonly kind: 'USER' | 'API_KEY'
  readonly isActive: boolean
  /** Command of the operator, for the audit, such as `rapport user suspend`. */
  readonly command: string
  /** Whether the last user who may do everything is suspended too. */
  readonly isForced?: boolean
}

/**
 * Suspends or reactivates a user, or revokes an API key, as the operator may: from the next request on. The sessions of a suspended
 * user end. Does nothing to one that is so already. Throws ProvisioningError when there is no such user or key, or the user is
 * the last one who may do everything in the workspace.
 */
export async function changeStatus(ownerPool: Pool, change: StatusChange): Promise<void> {
  const { workspaceId, actorId, kind, isActive, command } = change
  await ownerTransaction(ownerPool, async (client) => {
    const { rows } = await client.query<{ isActive: boolean }>(
      `select is_active as "isActive" from actors where workspace_id = $1 and id = $2 and kind = $3 for no key update`,
      [workspaceId, actorId, kind],
    )
    const [before] = rows
    if (!before) throw new ProvisioningError('USER_UNKNOWN', `The workspace has none with the id ${actorId}.`)
    if (before.isActive === isActive) return
    if (kind === 'USER' && !isActive && !change.isForced && (await isLastAdministrator(client, workspaceId, actorId)))
      throw new ProvisioningError('LAST_ADMINISTRATOR', ADMINISTRATOR_STAYS)
    const operator = await platformActor(client, workspaceId, OPERATOR)
    const updated = await client.query<{ version: number }>(
      `update actors set is_active = $3, version = version + 1, updated_at = now(), updated_by_id = $4
       where workspace_id = $1 and id = $2 returning version`,
      [workspaceId, actorId, isActive, operator],
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
