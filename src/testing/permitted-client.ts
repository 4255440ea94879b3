import { uuidv7 } from 'uuidv7'
import type { App } from '../app.ts'
import { createUser } from '../modules/workspaces/create-user.ts'
import type { Permission } from '../platform/declare/permission.ts'
import { openSigningKeys } from '../platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../platform/identity/sessions/tokens.ts'
import { createTestClient, type TestActor, type TestClient } from './client.ts'
import type { FailureLog } from './failure-log.ts'

const TOKEN_SECONDS = 3_600

/** Creates a user with exactly the given permissions. Returns a client that sends requests as this user. */
export async function createPermittedClient(
  app: Pick<App, 'database' | 'fetch'>,
  workspaceId: string,
  permissions: readonly Permission[],
  failures?: FailureLog,
): Promise<TestClient<TestActor>> {
  const { ownerPool } = app.database
  const roleId = uuidv7()
  const roleName = `Role ${roleId}`
  await ownerPool.query('insert into roles (workspace_id, id, name, permissions) values ($1, $2, $3, $4)', [
    workspaceId,
    roleId,
    roleName,
    permissions,
  ])
  const email = `${roleId}@users.example`
  const id = await createUser(ownerPool, { workspaceId, email, displayName: 'Permitted', roleName })
  const keys = await openSigningKeys(ownerPool)
  const token = await issueToken(keys, { workspaceId, actorId: id, expiresInSeconds: TOKEN_SECONDS })
  return createTestClient(app.fetch, token, { id, workspaceId, email }, failures)
}
