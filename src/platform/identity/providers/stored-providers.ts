import type { Pool } from 'pg'

/**
 * An identity provider of a workspace: its settings for verifying tokens, and the user that it has linked to the
 * subject (`sub`) of the token that is verified.
 */
export interface StoredProvider {
  /** uuid */
  readonly id: string
  readonly workspaceId: string
  /** Slug of the workspace. */
  readonly workspace: string
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly algorithms: readonly string[]
  readonly emailClaim: string
  /** Claim with the user's groups, which are mapped to roles; null when roles don't follow groups. */
  readonly rolesClaim: string | null
  readonly createsUsers: boolean
  /** uuid of the role of users whose groups are mapped to no role; null when there is no such role. */
  readonly defaultRoleId: string | null
  /** uuid of the user that the subject (`sub`) is linked to; null for an unknown subject. */
  readonly actorId: string | null
}

/**
 * Returns the active identity providers of all workspaces with this issuer, oldest first, each with the user that it
 * has linked to the subject. Sends one statement.
 */
export async function readProviders(ownerPool: Pool, issuer: string, subject: string): Promise<StoredProvider[]> {
  const { rows } = await ownerPool.query<StoredProvider>({
    name: 'providers-by-issuer',
    text: `select p.id, p.workspace_id as "workspaceId", w.slug as workspace, p.issuer, p.audiences, p.algorithms,
                  p.email_claim as "emailClaim", p.roles_claim as "rolesClaim", p.creates_users as "createsUsers",
                  (select r.id from roles r where r.workspace_id = p.workspace_id and r.id = p.default_role_id
                     and r.deleted_at is null) as "defaultRoleId",
                  (select i.actor_id from actor_identities i where i.workspace_id = p.workspace_id
                     and i.identity_provider_id = p.id and i.subject = $2) as "actorId"
           from identity_providers p join workspaces w on w.id = p.workspace_id
           where p.issuer = $1 and p.is_active and p.deleted_at is null
           order by p.id`,
    values: [issuer, subject],
  })
  return rows
}
