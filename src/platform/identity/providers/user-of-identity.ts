import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { refusedCredential } from '../identity-errors.ts'
import { logActorWrite, type SignInRequest } from '../sign-in-audit.ts'
import { synchronizeRoles } from './follow-roles.ts'
import type { VerifiedIdentity } from './verify-identity.ts'

/** Who a subject of an identity provider is in the workspace. */
export interface IdentifiedUser {
  readonly workspaceId: string
  readonly actorId: string
}

/**
 * The user whom a verified identity stands for, in the caller's transaction of the owner: the one its subject is linked to;
 * else the one with its verified e-mail, linked from then on; else a new one, where the provider makes users. Throws
 * AuthenticationError when there is none.
 */
export async function userOfIdentity(
  client: PoolClient,
  identity: VerifiedIdentity,
  request: SignInRequest,
): Promise<IdentifiedUser> {
  const { workspaceId, id } = identity.provider
  // Of two first sign-ins at the same moment the second waits here, and finds what the first has made.
  await client.query('select from identity_providers where workspace_id = $1 and id = $2 for no key update', [
    workspaceId,
    id,
  ])
  const linked = await linkedActor(client, identity)
  if (linked !== null) return { workspaceId, actorId: linked }
  const actorId = (await actorByEmail(client, identity)) ?? (await createUser(client, identity, request))
  await client.query(
    'insert into actor_identities (workspace_id, identity_provider_id, subject, actor_id) values ($1, $2, $3, $4)',
    [workspaceId, id, identity.claims.subject, actorId],
  )
  return { workspaceId, actorId }
}

/** Brings the roles of a user in step with the groups that the token names, and tells the log of it. */
export async function updateRolesFromGroups(
  client: PoolClient,
  { provider, claims }: VerifiedIdentity,
  { workspaceId, actorId }: IdentifiedUser,
  request: SignInRequest,
): Promise<void> {
  if (provider.rolesClaim === null) return
  const roles = await synchronizeRoles(client, provider, actorId, claims.groups)
  if (roles.from.join('\n') === roles.to.join('\n')) return
  const { rows } = await client.query<{ version: number }>(
    `update actors set version = version + 1, updated_at = now(), updated_by_id = id
     where workspace_id = $1 and id = $2 returning version`,
    [workspaceId, actorId],
  )
  const version = rows[0]?.version ?? 0
  await logActorWrite(
    client,
    { workspaceId, actorId, type: 'User', operation: 'UPDATED', version, changes: { roles } },
    request,
  )
}

async function linkedActor(client: PoolClient, { provider, claims }: VerifiedIdentity): Promise<string | null> {
  const { rows } = await client.query<{ actorId: string }>(
    `select actor_id as "actorId" from actor_identities
     where workspace_id = $1 and identity_provider_id = $2 and subject = $3`,
    [provider.workspaceId, provider.id, claims.subject],
  )
  return rows[0]?.actorId ?? null
}

async function actorByEmail(client: PoolClient, { provider, claims }: VerifiedIdentity): Promise<string | null> {
  // An address that the provider does not vouch for is anybody's: it finds nobody.
  if (claims.verifiedEmail === null) return null
  const { rows } = await client.query<{ id: string; isActive: boolean; isLinked: boolean }>(
    `select a.id, a.is_active as "isActive", exists (
       select from actor_identities i
       where i.workspace_id = a.workspace_id and i.actor_id = a.id and i.identity_provider_id = $3) as "isLinked"
     from actors a where a.workspace_id = $1 and a.email = $2 and a.kind = 'USER'`,
    [provider.workspaceId, claims.verifiedEmail, provider.id],
  )
  const user = rows[0]
  if (!user) return null
  if (!user.isActive) throw refusedCredential(`The user ${user.id} is suspended.`, user.id)
  // A mailbox can pass to somebody else, a subject can't.
  if (user.isLinked)
    throw refusedCredential(`The user ${user.id} is linked to another subject of the identity provider.`, user.id)
  return user.id
}

async function createUser(
  client: PoolClient,
  { provider, claims }: VerifiedIdentity,
  request: SignInRequest,
): Promise<string> {
  const { workspaceId } = provider
  if (!provider.createsUsers)
    throw refusedCredential('The workspace knows nobody by the subject or a verified e-mail of the token.')
  const id = uuidv7()
  const name = claims.displayName
  await client.query(
    `insert into actors (workspace_id, id, kind, display_name, email, created_by_id, updated_by_id)
     values ($1, $2, 'USER', $3, $4, $2, $2)`,
    [workspaceId, id, name, claims.verifiedEmail],
  )
  const { to } = await synchronizeRoles(client, provider, id, claims.groups)
  if (to.length === 0) throw refusedCredential('None of the groups is mapped to a role, and there is no default role.')
  const changes = {
    displayName: { from: null, to: name },
    email: { from: null, to: claims.verifiedEmail },
    roles: { from: [], to },
  }
  await logActorWrite(
    client,
    { workspaceId, actorId: id, type: 'User', operation: 'CREATED', version: 1, changes },
    request,
  )
  return id
}
