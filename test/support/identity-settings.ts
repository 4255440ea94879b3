import { randomUUID } from 'node:crypto'
import type { TestWorkspace } from '../../src/testing/server.ts'
import type { TestApp } from './app.ts'
import { type FormAnswer, postForm } from './sign-in.ts'

/** The settings of an identity provider in a workspace. */
export interface IdentitySettings {
  readonly workspace?: TestWorkspace
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly algorithms?: readonly string[]
  readonly emailClaim?: string
  readonly rolesClaim?: string
  readonly createsUsers?: boolean
  /** Name of a role. */
  readonly defaultRole?: string
  /** Names of roles by group. */
  readonly roles?: Readonly<Record<string, string>>
}

/** Adds an identity provider to a workspace and returns its uuid. */
export async function addProvider(app: TestApp, settings: IdentitySettings): Promise<string> {
  const { ownerPool } = app.database
  const { id: adminId, workspaceId } = app.as('admin', settings.workspace).actor
  const id = randomUUID()
  await ownerPool.query(
    `insert into identity_providers (workspace_id, id, name, issuer, audiences, algorithms, email_claim, roles_claim,
       creates_users, default_role_id, created_by_id, updated_by_id)
     values ($1, $2::uuid, $2::uuid::text, $3, $4, $5, $6, $7, $8, (select id from roles where workspace_id = $1 and name = $9), $10, $10)`,
    [
      workspaceId,
      id,
      settings.issuer,
      settings.audiences,
      settings.algorithms ?? ['RS256', 'PS256', 'ES256', 'EdDSA'],
      settings.emailClaim ?? 'email',
      settings.rolesClaim ?? null,
      settings.createsUsers ?? false,
      settings.defaultRole ?? null,
      adminId,
    ],
  )
  for (const [group, role] of Object.entries(settings.roles ?? {})) {
    await ownerPool.query(
      `insert into identity_provider_roles (workspace_id, id, identity_provider_id, group_name, role_id)
       select $1, gen_random_uuid(), $2, $3, id from roles where workspace_id = $1 and name = $4`,
      [workspaceId, id, group, role],
    )
  }
  return id
}

/** Deletes all identity providers, their sessions and the links to their users. */
export async function removeProviders(app: TestApp): Promise<void> {
  await app.database.ownerPool.query('delete from sessions where identity_provider_id is not null')
  await app.database.ownerPool.query('delete from identity_providers')
}

/** Exchanges a token of an identity provider for a session. */
export function exchange(
  app: Pick<TestApp, 'fetch'>,
  token: string,
  more: Readonly<Record<string, string>> = {},
): Promise<FormAnswer> {
  return postForm(app, '/oauth/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ...more,
  })
}
