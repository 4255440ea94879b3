import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { refusedCredential } from '../identity-errors.ts'
import { logActorWrite, type SignInRequest } from '../sign-in-audit.ts'
import { synchronizeRoles } from './follow-roles.ts'
import type { VerifiedIdentity } from './verify-identity.ts'

/** The user of a workspace whom an identity provider has identified. */
export interface IdentifiedUser {
  readonly workspaceId: string
  readonly actorId: string
}

/**
 * Returns the user of a verified identity: the user that its subject is linked to; otherwise the user with its verified
 * e-mail, whom it links to the subject; otherwise a new user, when the provider is configured to create users. Runs in
 * the given transaction of the owner.
 * @throws AuthenticationError when there is no such user, or the user found by e-mail is suspended or linked to another
 *   subject.
 */
export async function userOfIdentity(
  client: PoolClient,
  identity: VerifiedIdentity,
  request: SignInRequest,
): Promise<IdentifiedUser> {
  const { workspaceId, id } = identity.provider
  // The second of two simultaneous first sign-ins waits here, and then finds the user and link that the first one
  // created.
  await client.query('select from identity_providers where workspace_id = $1 and id = $2 for no key update', [
    workspaceId,
    id,
  ])
  const linkedActorId = await linkedActor(client, identity)
  if (linkedActorId !== null) return { workspaceId, actorId: linkedActorId }
  const actorId = (await actorByEmail(client, identity)) ?? (await createUser(client, identity, request))
  await client.query(
    'insert into actor_identities (workspace_id, identity_provider_id, subject, actor_id) values ($1, $2, $3, $4)',
    [workspaceId, id, identity.claims.subject, actorId],
  )
  return { workspaceId, actorId }
}

/**
 * Synchronises the roles of a user with the groups in the token, and appends a change of roles to the log and the
 * audit.
 */
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

/** Returns the uuid of the user that the subject is linked to, or null. */
async function linkedActor(client: PoolClient, { provider, claims }: VerifiedIdentity): Promise<string | null> {
  const { rows } = await client.query<{ actorId: string }>(
    `select actor_id as "actorId" from actor_identities
     where workspace_id = $1 and identity_provider_id = $2 and subject = $3`,
    [provider.workspaceId, provider.id, claims.subject],
  )
  return rows[0]?.actorId ?? null
}

/** Returns the uuid of the user with the verified e-mail, or null. */
async function actorByEmail(client: PoolClient, { provider, claims }: VerifiedIdentity): Promise<string | null> {
  // An address that the provider has not verified could belong to anybody.
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
  // A mailbox can be reassigned to another person, a subject can't.
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
    throw refusedCredential('The workspace has no user with the subject or a verified e-mail of the token.')
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
