import type { Pool } from 'pg'
import { emailAddress } from '../../platform/formats/email-address.ts'
import { ProvisioningError } from '../../platform/identity/identity-errors.ts'

/*
 * For commands of the operator. This file imports no other module, so that a command that only looks a user up, such as
 * `rapport token`, starts fast.
 */

/**
 * Returns the user with an e-mail address in a workspace. Ids are uuids.
 * @throws ProvisioningError when the workspace or the user does not exist, or the e-mail address is malformed.
 */
export async function findUserByEmail(
  ownerPool: Pool,
  slug: string,
  email: string,
): Promise<{ workspaceId: string; actorId: string; isActive: boolean }> {
  const workspaceId = await requireWorkspace(ownerPool, slug)
  const { rows } = await ownerPool.query<{ id: string; isActive: boolean }>(
    `select id, is_active as "isActive" from actors where workspace_id = $1 and email = $2 and kind = 'USER'`,
    [workspaceId, normalizedEmail(email)],
  )
  const user = rows[0]
  if (!user)
    throw new ProvisioningError('USER_UNKNOWN', `The workspace "${slug}" has no user with the e-mail ${email}.`)
  return { workspaceId, actorId: user.id, isActive: user.isActive }
}

/**
 * Returns the active user with an e-mail address in a workspace, for whom a token can be created. Ids are uuids.
 * @throws ProvisioningError as `findUserByEmail` does, and when the user is suspended.
 */
export async function findActorByEmail(
  ownerPool: Pool,
  slug: string,
  email: string,
): Promise<{ workspaceId: string; actorId: string }> {
  const { workspaceId, actorId, isActive } = await findUserByEmail(ownerPool, slug, email)
  if (!isActive) throw new ProvisioningError('USER_SUSPENDED', `The user ${email} of "${slug}" is suspended.`)
  return { workspaceId, actorId }
}

/** Returns the id (uuid) of the workspace with this slug, or null. */
export async function findWorkspace(ownerPool: Pool, slug: string): Promise<string | null> {
  const { rows } = await ownerPool.query<{ id: string }>('select id from workspaces where slug = $1', [slug])
  return rows[0]?.id ?? null
}

/**
 * Returns the id (uuid) of the workspace with this slug.
 * @throws ProvisioningError when no workspace has this slug.
 */
export async function requireWorkspace(ownerPool: Pool, slug: string): Promise<string> {
  const workspaceId = await findWorkspace(ownerPool, slug)
  if (workspaceId) return workspaceId
  throw new ProvisioningError(
    'WORKSPACE_UNKNOWN',
    `There is no workspace "${slug}". Create it with: rapport workspace create ${slug} --admin <email>`,
  )
}

/**
 * Returns the e-mail address of the first active user of a workspace whose role grants everything, for commands of the
 * operator that name no user.
 * @throws ProvisioningError when the workspace does not exist or has no such user.
 */
export async function findAdministrator(ownerPool: Pool, slug: string): Promise<string> {
  const workspaceId = await requireWorkspace(ownerPool, slug)
  const { rows } = await ownerPool.query<{ email: string }>(
    `select a.email from actors a where a.workspace_id = $1 and a.kind = 'USER' and a.is_active and exists (
       select from actor_roles l join roles r on r.workspace_id = l.workspace_id and r.id = l.role_id
       where l.workspace_id = a.workspace_id and l.actor_id = a.id and r.deleted_at is null and '*:*' = any(r.permissions))
     order by a.created_at, a.id limit 1`,
    [workspaceId],
  )
  const [administrator] = rows
  if (administrator) return administrator.email
  throw new ProvisioningError('USER_UNKNOWN', `The workspace "${slug}" has no active administrator. Name a user.`)
}

/**
 * Returns an e-mail address as it is stored.
 * @throws ProvisioningError when it is malformed.
 */
export function normalizedEmail(text: string): string {
  const parsed = emailAddress.safeParse(text)
  if (parsed.success) return parsed.data
  throw new ProvisioningError(
    'EMAIL_INVALID',
    `${JSON.stringify(text)} is not an e-mail address, such as ada@acme.example.`,
  )
}
