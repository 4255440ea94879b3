import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { SCOPES, type Scope } from '../../src/platform/declare/permission.ts'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at, errorCodes, listAt, textAt } from '../../src/testing/answers.ts'
import { createTestClient, type TestActor, type TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, type Made } from '../support/records.ts'
import { openStream } from '../support/sse.ts'
import { type Person, teamOf, userWho } from './people.ts'
import { grantReading, shareIndustry } from './sharing.ts'

let app: TestApp
let boss: Person
let seller: Person
let mate: TestClient<TestActor>
let stranger: TestClient<TestActor>
/** One account of each kind, by its owner, its team or how it is shared. */
let accounts: Record<
  'own' | 'mates' | 'teams' | 'below' | 'foreign' | 'ruled' | 'granted' | 'expired' | 'created',
  Made
>

const OWNER = (client: { actor: TestActor }) => ({ ownerId: encodeId('user', client.actor.id) })

beforeAll(async () => {
  app = await createTestApp()
  boss = await userWho(app, ['account:read@own', 'user:read'])
  seller = await userWho(app, ['account:*', 'user:read', 'team:read'], { above: boss.roleId })
  mate = await userWho(app, ['account:*', 'user:read'])
  stranger = await userWho(app, ['account:*', 'user:read'])
  const team = await teamOf(app, [boss, mate])
  const admin = app.as('admin')
  const add = (name: string, input: object) => addAccount(admin, { name, ...input })
  accounts = {
    own: await add('Own', OWNER(boss)),
    mates: await add('Mates', OWNER(mate)),
    teams: await add('Teams', { ...OWNER(stranger), teamId: encodeId('team', team) }),
    below: await add('Below', OWNER(seller)),
    foreign: await add('Foreign', OWNER(stranger)),
    ruled: await add('Ruled', { ...OWNER(stranger), industry: 'Shared' }),
    granted: await add('Granted', OWNER(stranger)),
    expired: await add('Expired', OWNER(stranger)),
    created: await addAccount(await userWho(app, ['account:create', 'account:read']), { name: 'Nobody' }),
  }
  await shareIndustry(app, 'Shared', boss.roleId)
  await grantReading(app, accounts.granted, boss, null)
  await grantReading(app, accounts.expired, boss, '2020-01-01T00:00:00Z')
})
afterAll(() => app.close())

async function grantBoss(permissions: readonly string[]): Promise<void> {
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [boss.roleId, permissions])
}

type Kind = keyof typeof accounts
const SHARED: readonly Kind[] = ['granted', 'ruled']
const REACHED: Readonly<Record<Scope, readonly Kind[]>> = {
  own: ['own', ...SHARED],
  team: ['own', 'mates', 'teams', ...SHARED],
  hierarchy: ['own', 'below', ...SHARED],
  shared: SHARED,
}

function reachedBy(scopes: readonly Scope[]): string[] {
  return [...new Set(scopes.flatMap((scope) => REACHED[scope]))].map((kind) => accounts[kind].id).sort()
}

describe('the scope of a permission', () => {
  it('limits which records a user can list, count, filter, search and read by id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...SCOPES], { minLength: 1 }), async (scopes) => {
        await grantBoss([...scopes.map((scope) => `account:read@${scope}`), 'user:read'])
        const expected = reachedBy(scopes)
        const data = await boss.must(
          `{ accounts(orderBy: [{ name: ASC }]) { totalCount nodes { id } }
             some: accounts(filter: { NOT: [{ name: { equals: "Foreign" } }] }) { totalCount }
             found: accounts(search: "Foreign") { totalCount } }`,
        )
        expect(
          listAt(data, 'accounts.nodes')
            .map((node) => textAt(node, 'id'))
            .sort(),
        ).toEqual(expected)
        expect(at(data, 'accounts.totalCount')).toBe(expected.length)
        expect(at(data, 'some.totalCount')).toBe(expected.length)
        expect(at(data, 'found.totalCount')).toBe(0)
        for (const [kind, made] of Object.entries(accounts)) {
          const one = await boss.must('query ($id: ID!) { account(id: $id) { id } node(id: $id) { id } }', {
            id: made.id,
          })
          const told = expected.includes(made.id) ? { id: made.id } : null
          expect([kind, one]).toEqual([kind, { account: told, node: told }])
        }
      }),
      { numRuns: 12 },
    )
  })

  it('limits which changes a user gets from the log and from subscriptions', async () => {
    await grantBoss(['account:read@own', 'change:read', 'user:read'])
    await logSettled(app)
    const data = await boss.must('{ changes(first: 200) { nodes { recordId } totalCount } }')
    const told = new Set(listAt(data, 'changes.nodes').map((node) => textAt(node, 'recordId')))
    expect([...told].sort()).toEqual(reachedBy(['own']))
    await logSettled(app)
    const stream = await openStream(app, boss, 'subscription { accountChanged { account { id name } } }')
    for (const kind of ['foreign', 'own'] as const) {
      const version = at(
        await app.as('admin').must('query ($id: ID!) { account(id: $id) { version } }', { id: accounts[kind].id }),
        'account.version',
      )
      await app
        .as('admin')
        .must(
          'mutation ($id: ID!, $version: Int!) { updateAccount(input: { id: $id, version: $version, tier: "Gold" }) { userErrors { message } } }',
          { id: accounts[kind].id, version },
        )
    }
    const event = await stream.next()
    expect(event).toEqual({ data: { accountChanged: { account: { id: accounts.own.id, name: 'Own' } } } })
    stream.close()
  })

  it('limits writes: NOT_FOUND for a record that is missing or not visible, FORBIDDEN for a visible record outside the scope', async () => {
    await grantBoss(['account:read@hierarchy', 'account:update@own', 'account:delete@own', 'user:read'])
    const rename = (id: string, version = 1) =>
      boss.query(
        'mutation ($id: ID!, $version: Int!) { updateAccount(input: { id: $id, version: $version, description: "x" }) { account { description } userErrors { code message path } } }',
        { id, version },
      )
    const missing = await rename('account_00000000000000000000000000')
    expect(await rename(accounts.foreign.id)).toEqual(missing)
    expect(at(missing.data, 'updateAccount.userErrors.0.code')).toBe('NOT_FOUND')
    const seen = await rename(accounts.below.id)
    expect(errorCodes(seen)).toEqual(['FORBIDDEN'])
    expect(seen.errors[0]?.extensions).toMatchObject({ permission: 'account:update' })
    expect(errorCodes(await rename(accounts.granted.id))).toEqual(['FORBIDDEN'])
    expect(at((await rename(accounts.ruled.id)).data, 'updateAccount.account.description')).toBe('x')
    const version = at(
      await boss.must('query ($id: ID!) { account(id: $id) { version } }', { id: accounts.own.id }),
      'account.version',
    )
    expect(at((await rename(accounts.own.id, Number(version))).data, 'updateAccount.account.description')).toBe('x')
    const remove = (id: string) =>
      boss.query('mutation ($id: ID!) { deleteAccount(input: { id: $id, version: 2 }) { userErrors { code } } }', {
        id,
      })
    expect(errorCodes(await remove(accounts.ruled.id))).toEqual(['FORBIDDEN'])
    const untouched = await app.as('admin').must('query ($id: ID!) { account(id: $id) { version description } }', {
      id: accounts.below.id,
    })
    expect(untouched).toEqual({ account: { version: 1, description: null } })
  })

  it('refuses to create a record that the scope would not cover, such as one with another owner', async () => {
    await grantBoss(['account:read@own', 'account:create@own', 'user:read'])
    const create = (input: object) =>
      boss.query(
        'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { name } userErrors { code } } }',
        {
          input: { name: 'Made', ...input },
        },
      )
    expect(errorCodes(await create(OWNER(stranger)))).toEqual(['FORBIDDEN'])
    expect(at((await create(OWNER(boss))).data, 'createAccount.account.name')).toBe('Made')
    expect(at((await create({})).data, 'createAccount.account.name')).toBe('Made')
    const all = await app.as('admin').must('{ accounts(filter: { name: { equals: "Made" } }) { totalCount } }')
    expect(at(all, 'accounts.totalCount')).toBe(2)
  })

  it('is checked for all accounts of a createAccounts mutation together, in as many SQL statements for 20 accounts as for 2', async () => {
    await grantBoss([
      ...['account:read', 'account.name:create', 'account.owner:create', 'user:read'],
      'account.employeeCount:create@own',
    ])
    let statements = 0
    const server = await createApp({ databaseUrl: app.databaseUrl, onStatement: () => statements++ })
    try {
      const client = createTestClient(server.fetch, boss.token, null)
      const create = async (records: readonly object[]) => {
        statements = 0
        const answer = await client.query(
          'mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { createdCount } }',
          { input: { records } },
        )
        return { answer, statements }
      }
      const rows = (length: number, owner: TestClient<TestActor>) =>
        Array.from({ length }, (_, index) => ({
          name: `Together ${length} ${index}`,
          employeeCount: 7,
          ...OWNER(owner),
        }))
      const few = await create(rows(2, boss))
      const many = await create(rows(20, boss))
      expect(at(many.answer.data, 'createAccounts.createdCount')).toBe(20)
      expect(many.statements).toBe(few.statements)
      const mixed = await create([
        ...rows(3, boss),
        { name: 'Together with less', ...OWNER(stranger) },
        ...rows(1, stranger),
      ])
      expect(errorCodes(mixed.answer)).toEqual(['FORBIDDEN'])
      const passed = await create([...rows(1, boss), { name: 'Together with less', ...OWNER(stranger) }])
      expect(at(passed.answer.data, 'createAccounts.createdCount')).toBe(2)
      const all = await app
        .as('admin')
        .must('{ accounts(filter: { name: { startsWith: "Together" } }) { totalCount } }')
      expect(at(all, 'accounts.totalCount')).toBe(24)
    } finally {
      await server.close()
    }
  })

  it('leaves records outside the scope out of totals, counts of subsidiaries and filters through relations', async () => {
    const admin = app.as('admin')
    const top = await addAccount(admin, { name: 'Top', ...OWNER(boss) })
    await addAccount(admin, { name: 'Hidden child', parentId: top.id, ...OWNER(stranger) })
    await addAccount(admin, { name: 'Own child', parentId: top.id, ...OWNER(boss) })
    await grantBoss(['account:read@own', 'user:read'])
    const data = await boss.must(
      `query ($id: ID!) { account(id: $id) { subsidiaries { totalCount nodes { name } } subtree { accountCount } }
        none: accounts(filter: { subsidiaries: { some: { name: { equals: "Hidden child" } } } }) { totalCount } }`,
      { id: top.id },
    )
    expect(data).toEqual({
      account: { subsidiaries: { totalCount: 1, nodes: [{ name: 'Own child' }] }, subtree: { accountCount: 2 } },
      none: { totalCount: 0 },
    })
  })
})
