import type { PoolClient } from 'pg'
import { encodeId } from '../declare/record-id.ts'
import { OPERATOR, platformActor } from '../log/platform-actor.ts'
import { insertActor, type NewActor } from './actor-store.ts'
import { type ActorEvent, logActorWrite } from './sign-in-audit.ts'

/** A write of the operator, with the command that made it. */
export type OperatorWrite = Omit<ActorEvent, 'actorId' | 'operation'> &
  Required<Pick<ActorEvent, 'recordId' | 'type' | 'version' | 'changes' | 'command'>> & {
    readonly operation: 'CREATED' | 'UPDATED'
  }

/** Appends a write of the operator to the workspace's log and audit, in the given transaction of the owner. */
export async function logOperatorWrite(client: PoolClient, write: OperatorWrite): Promise<void> {
  const actorId = await platformActor(client, write.workspaceId, OPERATOR)
  await logActorWrite(client, { ...write, actorId }, null)
}

/**
 * Appends to the log and the audit that the operator set a secret of a user. The entries do not contain the secret
 * itself.
 */
export async function logOperatorSecret(
  client: PoolClient,
  user: { readonly workspaceId: string; readonly actorId: string },
  field: 'password' | 'setupToken',
  command: string,
): Promise<void> {
  const { workspaceId, actorId: recordId } = user
  const { rows } = await client.query<{ version: number }>(
    'select version from actors where workspace_id = $1 and id = $2',
    [workspaceId, recordId],
  )
  const version = rows[0]?.version ?? 0
  const changes = { [field]: { from: '…', to: '…' } }
  await logOperatorWrite(client, {
    workspaceId,
    recordId,
    type: 'User',
    operation: 'UPDATED',
    version,
    changes,
    command,
  })
}

/**
 * Inserts an actor with one role, in the given transaction, and returns its id (uuid). With a command, such as
 * `rapport api-key create`, stores the operator as the creator of the actor, and appends the write to the log and the
 * audit. Without a command, the write is not logged.
 * @throws ProvisioningError as `insertActor` does.
 */
export async function insertActorBy(
  client: PoolClient,
  actor: NewActor & { readonly kind: 'USER' | 'API_KEY' },
  command: string | undefined,
): Promise<string> {
  const id = await insertActor(client, actor)
  if (command === undefined) return id
  const { workspaceId, kind } = actor
  await client.query('update actors set created_by_id = $3, updated_by_id = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    await platformActor(client, workspaceId, OPERATOR),
  ])
  const { rows } = await client.query<{ roleId: string }>(
    'select role_id as "roleId" from actor_roles where workspace_id = $1 and actor_id = $2',
    [workspaceId, id],
  )
  const values = {
    displayName: actor.displayName.trim(),
    ...(actor.email === undefined ? {} : { email: actor.email }),
    ...(kind === 'API_KEY' ? { scopes: actor.scopes ?? ['*:*'] } : {}),
    ...(actor.expiresAt ? { expiresAt: actor.expiresAt.toISOString() } : {}),
    roles: rows.map(({ roleId }) => ({ roleId: encodeId('role', roleId) })),
  }
  await logOperatorWrite(client, {
    workspaceId,
    recordId: id,
    type: kind === 'USER' ? 'User' : 'ApiKey',
    operation: 'CREATED',
    version: 1,
    changes: creationChanges(values),
    command,
  })
  return id
}

/**
 * Returns the changes for the log entry of a new record with these values: each field changes from null to its value.
 */
export function creationChanges(values: Readonly<Record<string, unknown>>): ActorEvent['changes'] & {} {
  return Object.fromEntries(Object.entries(values).map(([field, to]) => [field, { from: null, to }]))
}
