import { createApiKey } from '../../../../src/platform/identity/api-keys.ts'
import { actorById } from '../../../../src/platform/identity/authenticate.ts'
import { openSigningKeys } from '../../../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../../../src/platform/identity/sessions/tokens.ts'
import type { Actor } from '../../../../src/platform/request/actor.ts'
import type { TestClient } from '../../../../src/testing/client.ts'
import type { TestApp } from '../../../support/app.ts'

/** What a caller may do: permissions of its role and, for an API key, the permissions that limit it further. */
export interface CallerRights {
  readonly permissions: readonly string[]
  readonly keyScopes?: readonly string[]
}

/** A person or API key with these rights, and how it asks the API. */
export interface Caller {
  readonly name: string
  readonly actor: Actor
  readonly client: TestClient<null>
}

/** The people of the workspace. */
export interface People {
  readonly users: readonly string[]
  readonly actors: readonly string[]
  readonly roles: readonly string[]
  /** Reads the callers with the rights that they have now. */
  callers(): Promise<readonly Caller[]>
}

const uuid = (group: number, index: number) => `00000000-0000-7000-8${group}00-${String(index).padStart(12, '0')}`

/** Adds a caller with a role of its own for each of the rights, colleagues, and two actors of plugins. */
export async function addPeople(app: TestApp, rights: Readonly<Record<string, CallerRights>>): Promise<People> {
  const { ownerPool } = app.database
  const { workspaceId } = app.as('admin').actor
  const addRole = (id: string, name: string, permissions: readonly string[], parent: string | null) =>
    ownerPool.query(
      'insert into roles (workspace_id, id, name, description, permissions, parent_id) values ($1, $2, $3, $4, $5, $6)',
      [workspaceId, id, name, parent === null ? null : `Below ${parent}`, permissions, parent],
    )
  const addActor = (id: string, kind: 'USER' | 'PLUGIN', name: string) =>
    ownerPool.query(`insert into actors (workspace_id, id, kind, display_name, email) values ($1, $2, $3, $4, $5)`, [
      workspaceId,
      id,
      kind,
      name,
      kind === 'USER' ? `${name.replaceAll(' ', '.')}@acme.example` : null,
    ])
  const giveRole = (actor: string, role: string) =>
    ownerPool.query('insert into actor_roles (workspace_id, actor_id, role_id) values ($1, $2, $3)', [
      workspaceId,
      actor,
      role,
    ])
  const keys = await openSigningKeys(ownerPool)
  const users: string[] = []
  const roles: string[] = []
  const found: { readonly name: string; readonly id: string; readonly token: string }[] = []
  for (const [index, [name, { permissions, keyScopes }]] of Object.entries(rights).entries()) {
    const role = uuid(1, index)
    await addRole(role, name, permissions, null)
    roles.push(role)
    if (keyScopes) {
      const key = await createApiKey(ownerPool, { workspaceId, name, roleName: name, scopes: keyScopes })
      found.push({ name, id: key.actorId, token: key.secret })
    } else {
      const id = uuid(2, index)
      await addActor(id, 'USER', name)
      await giveRole(id, role)
      users.push(id)
      found.push({ name, id, token: await issueToken(keys, { workspaceId, actorId: id, expiresInSeconds: 3_600 }) })
    }
  }
  for (const [index, above] of [...roles].entries()) {
    // Each second caller has a role above the role of a colleague.
    if (index % 2 === 0) continue
    const role = uuid(3, index)
    await addRole(role, `colleague ${index}`, [], above)
    await addActor(uuid(4, index), 'USER', `colleague ${index}`)
    await giveRole(uuid(4, index), role)
    users.push(uuid(4, index))
  }
  const plugins = [uuid(5, 0), uuid(5, 1)]
  for (const [index, id] of plugins.entries()) await addActor(id, 'PLUGIN', `plugin ${index}`)
  await ownerPool.query('update actors set created_by_id = $2, updated_by_id = $3 where workspace_id = $1', [
    workspaceId,
    users[1],
    users[2],
  ])
  // The same times in each run, so that random calls are the same for the same seed.
  for (const table of ['workspaces', 'actors', 'roles'])
    await ownerPool.query(
      `update ${table} set created_at = '2024-01-01T00:00:00Z', updated_at = '2024-02-01T00:00:00Z'`,
    )
  const { rows } = await ownerPool.query<{ id: string }>('select id from actors where workspace_id = $1 order by id', [
    workspaceId,
  ])
  const actors = rows.map(({ id }) => id)
  return {
    users,
    actors,
    roles,
    callers: () =>
      Promise.all(
        found.map(async ({ name, id, token }) => ({
          name,
          actor: await actorById(ownerPool, workspaceId, id),
          client: app.withCredential(token),
        })),
      ),
  }
}
