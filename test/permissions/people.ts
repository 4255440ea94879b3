import { randomUUID } from 'node:crypto'
import type { Permission } from '../../src/platform/declare/permission.ts'
import { at } from '../../src/testing/answers.ts'
import type { TestActor, TestAnswer, TestClient } from '../../src/testing/client.ts'
import { createPermittedClient } from '../../src/testing/permitted-client.ts'
import type { TestApp, TestWorkspace } from '../support/app.ts'

/** A user with one role. */
export type Person = TestClient<TestActor> & { readonly roleId: string }

/** Creates a user whose only role grants exactly these permissions. `above` is the id of the role above it. */
export async function userWho(
  app: TestApp,
  permissions: readonly Permission[],
  options: { readonly workspace?: TestWorkspace; readonly above?: string } = {},
): Promise<Person> {
  const { workspaceId } = app.as('admin', options.workspace).actor
  const client = await createPermittedClient(app, workspaceId, permissions)
  const { rows } = await app.database.ownerPool.query<{ id: string }>(
    `update roles set parent_id = $3 where workspace_id = $1
       and id = (select role_id from actor_roles where workspace_id = $1 and actor_id = $2) returning id`,
    [workspaceId, client.actor.id, options.above ?? null],
  )
  return { ...client, roleId: rows[0]?.id ?? '' }
}

/**
 * Sends a query as a person, after setting their role to exactly these permissions. Also returns the permission that
 * the first error names.
 */
export type Asked = (
  permissions: readonly string[],
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<{ readonly data: unknown; readonly errors: TestAnswer<unknown>['errors']; readonly permission: unknown }>

export function askerOf(app: TestApp, person: Person): Asked {
  return async (permissions, query, variables = {}, headers = {}) => {
    await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [person.roleId, permissions])
    const { data, errors } = await person.query(query, variables, headers)
    return { data, errors, permission: at(errors[0]?.extensions, 'permission') }
  }
}

/** Creates a team with these members. Returns its uuid. */
export async function teamOf(app: TestApp, members: readonly { readonly actor: TestActor }[]): Promise<string> {
  const { workspaceId, id: admin } = app.as('admin').actor
  const team = randomUUID()
  await app.database.ownerPool.query(
    `insert into teams (workspace_id, id, name, created_by_id, updated_by_id) values ($1, $2, $3, $4, $4)`,
    [workspaceId, team, `Team ${team}`, admin],
  )
  for (const { actor } of members)
    await app.database.ownerPool.query(
      'insert into team_members (workspace_id, id, team_id, user_id) values ($1, gen_random_uuid(), $2, $3)',
      [workspaceId, team, actor.id],
    )
  return team
}
