import { uuidv7 } from 'uuidv7'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createApiKey } from '../../src/platform/identity/api-keys.ts'
import type { TestApp } from './app.ts'
import { shortToken } from './tokens.ts'

/** An actor of `acme` with a separate role, so that a test can change its permissions and those of no other actor. */
export interface Caller {
  /** uuid */
  readonly id: string
  /** uuid */
  readonly workspaceId: string
  /** uuid */
  readonly roleId: string
  /** Access token, or an API key's secret. */
  readonly token: string
}

/** Permissions to read everything that the grant `*:read` covers, which leaves out administration. */
export const READS_ALL: readonly string[] = ['*:read']

/** Creates a user or an API key with a new role that has `READS_ALL`. A user's token expires after `seconds`. */
export async function addCaller(app: TestApp, kind: 'USER' | 'API_KEY' = 'USER', seconds = 3_600): Promise<Caller> {
  const { ownerPool } = app.database
  const { workspaceId } = app.as('admin').actor
  const roleId = uuidv7()
  const roleName = `role ${roleId}`
  await ownerPool.query('insert into roles (workspace_id, id, name, permissions) values ($1, $2, $3, $4)', [
    workspaceId,
    roleId,
    roleName,
    READS_ALL,
  ])
  if (kind === 'API_KEY') {
    const { actorId: id, secret } = await createApiKey(ownerPool, { workspaceId, name: 'Integration', roleName })
    return { id, workspaceId, roleId, token: secret }
  }
  const email = `${roleId}@acme.example`
  const id = await createUser(ownerPool, { workspaceId, email, displayName: 'Caller', roleName })
  return { id, workspaceId, roleId, token: await shortToken(app, { id, workspaceId, email }, seconds) }
}
