import { encodeId } from '../../src/platform/declare/record-id.ts'
import { textAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import { done } from '../modules/administration.ts'
import type { TestApp } from '../support/app.ts'

/** Creates one record of each administration object and returns their ids. The app must trust https://id.example. */
export async function addAdministration(
  app: TestApp,
  client: TestClient<TestActor>,
  recordId: string,
): Promise<string[]> {
  const { workspaceId, id: actorId } = client.actor
  const make = async (mutation: string, record: string, input: object) =>
    textAt(await done(client, mutation, { ...input }, `${record} { id }`), `${record}.id`)
  const roleId = await make('createRole', 'role', { name: 'Role', permissions: [] })
  const sessions = await app.database.ownerPool.query<{ id: string }>(
    `insert into sessions (workspace_id, id, actor_id, expires_at) values ($1, gen_random_uuid(), $2, now() + interval '1 day') returning id`,
    [workspaceId, actorId],
  )
  return [
    roleId,
    encodeId('session', sessions.rows[0]?.id ?? ''),
    await make('createApiKey', 'apiKey', { displayName: 'Key', roles: [] }),
    await make('createSharingRule', 'sharingRule', {
      name: 'Rule',
      object: 'Account',
      filter: { name: { equals: 'X' } },
      roleId,
    }),
    await make('createRecordGrant', 'recordGrant', { recordId, roleId }),
    await make('createIdentityProvider', 'identityProvider', {
      name: 'Provider',
      issuer: 'https://id.example',
      audiences: ['crm'],
    }),
  ]
}
