import { expect } from 'vitest'
import { at, errorCodes, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import type { TestApp, TestRole } from '../support/app.ts'

export type Input = Readonly<Record<string, unknown>>

/** Sends a mutation and returns its payload. Throws when the response has errors. */
export async function send(client: TestClient, mutation: string, input: Input, selection = ''): Promise<unknown> {
  const data = await client.must(documentOf(mutation, selection), { input })
  return at(data, mutation)
}

export function documentOf(mutation: string, selection = ''): string {
  const input = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  return `mutation ($input: ${input}) { ${mutation}(input: $input) { ${selection} userErrors { __typename code message path } } }`
}

/** Sends a mutation and returns the code and path of each user error, such as `INVALID input.name`. */
export async function refusalsOf(client: TestClient, mutation: string, input: Input): Promise<string[]> {
  const payload = await send(client, mutation, input)
  return listAt(payload, 'userErrors').map((error) => `${textAt(error, 'code')} ${listAt(error, 'path').join('.')}`)
}

/** Sends a mutation and returns the message of each user error. */
export async function messagesOf(client: TestClient, mutation: string, input: Input): Promise<string[]> {
  return textsAt(await send(client, mutation, input), 'userErrors', 'message')
}

/** Sends a mutation and returns its payload. Throws when it is refused. */
export async function done(client: TestClient, mutation: string, input: Input, selection: string): Promise<unknown> {
  const payload = await send(client, mutation, input, selection)
  const errors = listAt(payload, 'userErrors')
  if (errors.length > 0) throw new Error(`${mutation} was refused: ${JSON.stringify(errors)}`)
  return payload
}

export interface MadeRole {
  readonly id: string
  readonly version: number
}

/** Creates a role as the administrator. */
export async function addRole(app: TestApp, input: Input, workspace: 'acme' | 'globex' = 'acme'): Promise<MadeRole> {
  const made = await done(app.as('admin', workspace), 'createRole', input, 'role { id version }')
  return { id: textAt(made, 'role.id'), version: Number(at(made, 'role.version')) }
}

/** Id of one of the users that every test has. */
export async function userId(app: TestApp, role: TestRole, workspace: 'acme' | 'globex' = 'acme'): Promise<string> {
  return textAt(await app.as(role, workspace).must('{ viewer { actor { id } } }'), 'viewer.actor.id')
}

/** Id of a role by its name. */
export async function roleId(app: TestApp, name: string, workspace: 'acme' | 'globex' = 'acme'): Promise<string> {
  const data = await app
    .as('admin', workspace)
    .must('query ($name: String!) { roles(filter: { name: { equals: $name } }) { nodes { id } } }', { name })
  return textAt(data, 'roles.nodes.0.id')
}

const TABLES = [
  'workspaces',
  'actors',
  'roles',
  'actor_roles',
  'teams',
  'sharing_rules',
  'record_grants',
  'identity_providers',
  'identity_provider_roles',
  'sessions',
  'passwords',
  'changes',
  'accounts',
]

/** A hash of each table that administration writes, to check that nothing was written. */
async function stateOf(app: TestApp): Promise<unknown> {
  const hashes = TABLES.map(
    (table) => `'${table}', (select md5(string_agg(t::text, '|' order by t::text)) from "${table}" t)`,
  )
  const { rows } = await app.database.ownerPool.query(`select jsonb_build_object(${hashes.join(', ')}) as state`)
  return rows[0]
}

/** Expects that a mutation is FORBIDDEN and nothing is written. */
export async function expectForbidden(app: TestApp, client: TestClient, mutation: string, input: Input): Promise<void> {
  const before = await stateOf(app)
  const answer = await client.query(documentOf(mutation), { input })
  expect([mutation, errorCodes(answer)]).toEqual([mutation, ['FORBIDDEN']])
  expect(await stateOf(app)).toEqual(before)
}

/** Expects that a mutation is refused for these reasons and nothing is written. */
export async function expectRefused(
  app: TestApp,
  client: TestClient,
  mutation: string,
  input: Input,
  reasons: readonly string[],
): Promise<void> {
  const before = await stateOf(app)
  expect([mutation, await refusalsOf(client, mutation, input)]).toEqual([mutation, reasons])
  expect(await stateOf(app)).toEqual(before)
}

/** Creates a user of `acme` with the roles of the given ids, by default `member`, and returns the record id. */
export async function addUser(app: TestApp, email: string, roles?: readonly string[]): Promise<string> {
  const ids = roles ?? [await roleId(app, 'member')]
  const input = { email, displayName: email, roles: ids.map((each) => ({ roleId: each })) }
  return textAt(await done(app.as('admin'), 'createUser', input, 'user { id }'), 'user.id')
}
