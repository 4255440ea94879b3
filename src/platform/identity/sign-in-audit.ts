import type { Pool, PoolClient } from 'pg'
import type { LogEntry } from '../declare/change.ts'
import { type AuditRecord, appendAuditRecords, appendWrites, type EntrySource } from '../log/append.ts'
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
  await appendAuditRecords(client, sourceOf(event, request), [recordOf(event)])
}

/** Appends a write that no operation made to the log and to the audit. */
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
