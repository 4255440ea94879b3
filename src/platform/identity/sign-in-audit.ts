import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import type { RequestOrigin } from '../request/origin.ts'

/** The request that a sign-in came with. */
export interface SignInRequest {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/** What became of a user's or an API key's credentials, or of what the operator made or changed. */
export interface ActorEvent {
  readonly workspaceId: string
  /** Who did it. */
  readonly actorId: string
  /** What it is about; the actor itself when absent. */
  readonly recordId?: string
  readonly operation: 'SIGNED_IN' | 'SIGN_IN_REFUSED' | 'CREATED' | 'UPDATED'
  /** `User` unless said otherwise. */
  readonly type?: 'User' | 'ApiKey' | 'Role' | 'Workspace'
  /** Version of the record since then; 0, which is also the default, where the record itself was not written. */
  readonly version?: number
  readonly changes?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  /** Command that did it, such as `rapport user suspend`; absent for what a request did. */
  readonly command?: string
}

/** Appends an entry to the audit, by a connection of the owner. */
export async function auditUser(
  client: Pool | PoolClient,
  event: ActorEvent,
  request: SignInRequest | null,
): Promise<void> {
  await client.query(
    `insert into audit_entries (workspace_id, id, actor_id, operation, type, record_id, version, changes, request_id,
       ip_address, user_agent, mutation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      event.workspaceId,
      uuidv7(),
      event.actorId,
      event.operation,
      event.type ?? 'User',
      event.recordId ?? event.actorId,
      event.version ?? 0,
      JSON.stringify(event.changes ?? {}),
      request?.requestId ?? null,
      request?.origin.ipAddress ?? null,
      request?.origin.userAgent ?? null,
      event.command ?? null,
    ],
  )
}

/** Tells the workspace's log and the audit of a write that no operation made. */
export async function logActorWrite(
  client: PoolClient,
  event: ActorEvent & Required<Pick<ActorEvent, 'type' | 'version' | 'changes'>>,
  request: SignInRequest | null,
): Promise<void> {
  await client.query(
    `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields, request_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      event.workspaceId,
      event.actorId,
      event.operation,
      event.type,
      event.recordId ?? event.actorId,
      Object.keys(event.changes),
      request?.requestId ?? null,
    ],
  )
  await auditUser(client, event, request)
}
