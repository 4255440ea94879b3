import { afterAll, beforeAll, expect, it } from 'vitest'
import { createUser } from '../../src/modules/workspaces/create-user.ts'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { openSigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { createTestClient, type TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

const WORKSPACES = 50
const REQUESTS = 10_000
const CONNECTIONS = 4
const AT_ONCE = 100
/** Of this many requests of a workspace one is a write. */
const WRITE_EVERY = 10

interface Tenant {
  /** Text that is in every record of the workspace and in no record of another workspace. */
  readonly mark: string
  readonly client: TestClient
  /** Ids of its accounts. */
  readonly ids: string[]
  written: number
}

let app: TestApp
const tenants: Tenant[] = []

beforeAll(async () => {
  app = await createTestApp({ poolSize: CONNECTIONS })
  const { ownerPool } = app.database
  const keys = await openSigningKeys(ownerPool)
  for (let index = 0; index < WORKSPACES; index++) {
    const mark = `mark${String.fromCharCode(97 + (index % 26))}${index}x`
    const adminEmail = `admin@${mark}.example`
    const { workspaceId, adminId } = await createWorkspace(ownerPool, { slug: mark, adminEmail })
    await createUser(ownerPool, { workspaceId, email: `member@${mark}.example`, displayName: mark, roleName: 'member' })
    const token = await issueToken(keys, { workspaceId, actorId: adminId, expiresInSeconds: 3_600 })
    tenants.push({ mark, client: createTestClient(app.fetch, token, null), ids: [], written: 0 })
  }
  await Promise.all(tenants.map((tenant) => write(tenant, 0)))
})
afterAll(() => app.close())

const CREATE =
  'mutation ($name: String!) { createAccount(input: { name: $name, industry: $name }) { account { id name createdBy { displayName } } userErrors { message } } }'
const UPDATE = `mutation ($id: ID!, $version: Int!, $tier: String!) {
  updateAccount(input: { id: $id, version: $version, tier: $tier }) { account { name tier } userErrors { code } } }`

async function write(tenant: Tenant, turn: number): Promise<unknown> {
  const { client, mark, ids } = tenant
  const [id] = ids
  if (turn % 2 === 1 && id !== undefined) {
    const version = at(
      await client.must('query ($id: ID!) { account(id: $id) { version } }', { id }),
      'account.version',
    )
    return client.must(UPDATE, { id, version, tier: `${mark} tier ${turn}` })
  }
  const answer = await client.must(CREATE, { name: `${mark} company` })
  ids.push(textAt(answer, 'createAccount.account.id'))
  tenant.written++
  return answer
}

/** The queries: a list, a filter with history, a filter by the mark of another workspace, ids of both, and a search. */
const READS: readonly ((tenant: Tenant, other: Tenant) => Promise<unknown>)[] = [
  async ({ client }) => client.must('{ accounts(first: 20) { totalCount nodes { id name industry tier } } }'),
  async ({ client }) =>
    client.must(
      '{ accounts(filter: { name: { contains: "mark" } }, orderBy: [{ name: DESC }]) { nodes { name history { nodes { changes { to } } } } } }',
    ),
  async ({ client }, { mark }) => {
    const data = await client.must(
      'query ($mark: String!) { accounts(filter: { name: { contains: $mark } }) { totalCount } }',
      { mark: `${mark} ` },
    )
    expect(data).toEqual({ accounts: { totalCount: 0 } })
    return data
  },
  async ({ client, ids }, other) => {
    const data = await client.must(
      'query ($own: ID!, $foreign: ID!) { own: node(id: $own) { id ... on Account { name } } foreign: node(id: $foreign) { id } }',
      { own: ids[0], foreign: other.ids[0] },
    )
    expect(at(data, 'foreign')).toBeNull()
    return data
  },
  async ({ client }) =>
    client.must(
      '{ accounts(search: "company") { nodes { name } } users { nodes { displayName email } } viewer { workspace { slug } } }',
    ),
]

it('10,000 interleaved requests of 50 workspaces over 4 connections return no row of another workspace', {
  timeout: 120_000,
}, async () => {
  const foreign: string[] = []
  let sent = 0
  const worker = async () => {
    while (sent < REQUESTS) {
      const turn = sent++
      const tenant = tenants[turn % WORKSPACES]
      const other = tenants[(turn + 1 + (turn % (WORKSPACES - 1))) % WORKSPACES]
      if (!tenant || !other) throw new Error('There are fewer workspaces.')
      const round = Math.floor(turn / WORKSPACES)
      const answer =
        round % WRITE_EVERY === 0
          ? await write(tenant, round / WRITE_EVERY)
          : await READS[(turn + round) % READS.length]?.(tenant, other)
      const marks = new Set(JSON.stringify(answer).match(/mark[a-z]\d+x/g))
      marks.delete(tenant.mark)
      if (marks.size > 0) foreign.push(`${tenant.mark} is told ${[...marks].join()}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  expect(foreign).toEqual([])
  for (const { client, mark, written, ids } of tenants) {
    const data = await client.must(
      '{ accounts(first: 200) { totalCount nodes { id name } } changes(first: 200) { totalCount } }',
    )
    expect([mark, at(data, 'accounts.totalCount')]).toEqual([mark, written])
    expect(
      listAt(data, 'accounts.nodes')
        .map((node) => textAt(node, 'id'))
        .sort(),
    ).toEqual([...ids].sort())
    expect(new Set(listAt(data, 'accounts.nodes').map((node) => at(node, 'name')))).toEqual(
      new Set([`${mark} company`]),
    )
  }
})
