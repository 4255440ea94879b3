import type { Pool, PoolClient } from 'pg'
import type { LogEntry } from '../declare/change.ts'
import { type AuditRecord, appendAuditRecords, appendWrites, type EntrySource } from '../log/append.ts'
import type { RequestOrigin } from '../request/origin.ts'

/** What the audit records about the request of a sign-in. */
export interface SignInRequest {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/**
 * A sign-in of a user, a change of a credential, or a record that was created or updated outside of a GraphQL mutation.
 */
export interface ActorEvent {
  readonly workspaceId: string
  /** uuid of the actor who did it. */
  readonly actorId: string
  /** uuid of the record that was changed; the actor itself when absent. */
  readonly recordId?: string
  readonly operation: 'SIGNED_IN' | 'SIGN_IN_REFUSED' | 'CREATED' | 'UPDATED'
  /** Object of the record; `User` when absent. */
  readonly type?:
    | 'User'
    | 'ApiKey'
    | 'Role'
    | 'Workspace'
    | 'Pipeline'
    | 'Stage'
    | 'LossReason'
    | 'NegotiationAuthority'
  /** Version of the record after the event; 0, the default, when the record itself was not written. */
  readonly version?: number
  readonly changes?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  /** Command that the operator ran, such as `rapport user suspend`; absent when a request caused the event. */
  readonly command?: string
}

/** Appends an entry to the audit, through a connection of the owner. `request` is null for a command. */
export async function auditUser(
  client: Pool | PoolClient,
  event: ActorEvent,
  request: SignInRequest | null,
): Promise<void> {
  await appendAuditRecords(client, sourceOf(event, request), [recordOf(event)])
}

/** Appends a write that no GraphQL mutation made to the log and the audit, in the given transaction of the owner. */
export async function logActorWrite(
  client: PoolClient,
  event: ActorEvent & Required<Pick<ActorEvent, 'type' | 'version' | 'changes'>> & Pick<LogEntry, 'operation'>,
  request: SignInRequest | null,
): Promise<void> {
  await appendWrites(client, sourceOf(event, request), [{ ...recordOf(event), operation: event.operation }])
}

function recordOf({ operation, type = 'User', recordId, actorId, version = 0, changes = {} }: ActorEvent): AuditRecord {
  return { operation, type, recordId: recordId ?? actorId, version, changes }
}

function sourceOf({ workspaceId, actorId, command }: ActorEvent, request: SignInRequest | null): EntrySource {
  return {
    workspaceId,
    actorId,
    requestId: request?.requestId ?? null,
    mutation: command ?? null,
    origin: request?.origin ?? null,
  }
}
