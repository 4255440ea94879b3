import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed } from '../../../src/platform/declare/objects/fields.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestClock } from '../../../src/testing/clock.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller } from '../../support/caller.ts'
import { addAccount } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { composer, one } from './compose-plugins.ts'
import { grade } from './schema-field-makers.ts'

/** Fields that select by the request: branches of before today, of the caller, and of callers who may read industries. */
const branches = testPlugin('branches', {
  permissions: ['account:read', 'user:read'],
  schema(builder, { Account, User }) {
    builder.prismaObjectFields(Account, (t) => ({
      earlierBranches: t.relation('Account_parent', {
        type: Account,
        description: 'Branches that were added before today.',
        query: (_args, { today }) => ({ where: { createdAt: { lt: new Date(today) } }, orderBy: { name: 'asc' } }),
      }),
      earlierCount: t.relationCount('Account_parent', {
        description: 'Number of branches that were added before today.',
        where: (_args, { today }) => ({ createdAt: { lt: new Date(today) } }),
      }),
      times: t.field({
        type: 'JSON',
        description: 'The times that the code got.',
        select: (_args, { now, today }) => ({
          id: true,
          Account_parent: { select: { createdAt: true }, where: { createdAt: { lte: now } }, take: today.length },
        }),
        resolve: ({ Account_parent }, _args, { now, today }) => ({ count: Account_parent.length, now, today }),
      }),
      ownBranches: t.stringList({
        description: 'Names of the branches that the caller owns.',
        select: (_args, { actor }) => ({ Account_parent: { select: { name: true }, where: { ownerId: actor.id } } }),
        resolve: ({ Account_parent }) => Account_parent.map(({ name }) => name),
      }),
      branchTexts: t.stringList({
        description: 'Industries of the branches for callers who may read them, otherwise names.',
        select: (_args, { can }) => ({
          Account_parent: { select: { name: true, ...(can('account.industry:read') ? { industry: true } : {}) } },
        }),
        resolve: ({ Account_parent }) =>
          Account_parent.map((branch) => String('industry' in branch ? branch.industry : branch.name)),
      }),
      outsideDay: t.loadable({
        type: 'String',
        description: 'The day that the code got.',
        select: (_args, { today }) => ({ name: true, Account_parent: { take: today.length, select: { id: true } } }),
        load: async (keys: string[], { today }) => keys.map((key) => `${key} ${today}`),
        resolve: ({ name }) => name,
      }),
    }))
    builder.prismaObjectField(User, 'isCaller', (t) =>
      t.boolean({ description: 'W.', select: { id: true }, resolve: ({ id }, _args, { actor }) => id === actor.id }),
    )
  },
  extend: {
    Account: {
      timeOfSql: computed({ description: 'Time of the request.', type: 'DateTime', value: ({ now }) => now }),
      dayOfSql: computed({ description: 'Day of the request.', type: 'Date', value: ({ today }) => sql`(${today})` }),
    },
  },
})

let app: TestApp
let acme: string
const clock = createTestClock(new Date('2026-03-01T10:00:00.000Z'))

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: branches }], now: clock.now })
  const admin = app.as('admin')
  acme = (await addAccount(admin, { name: 'Acme' })).id
  await addAccount(admin, { name: 'First', industry: 'Iron', parentId: acme })
  clock.advance(86_400_000)
  const ownerId = encodeId('user', admin.actor.id)
  await addAccount(admin, { name: 'Second', industry: 'Wood', parentId: acme, ownerId })
})
afterAll(() => app.close())

/** Reads fields of the account. */
async function read(selection: string, client: Pick<ReturnType<TestApp['as']>, 'must'> = app.as('admin')) {
  return at(await client.must(`query ($id: ID!) { account(id: $id) { ${selection} } }`, { id: acme }), 'account')
}

describe('what a schema field selects may depend on the request', () => {
  it('on its day, as in SQL and in `resolve`', async () => {
    const selection = 'earlierBranches { name } earlierCount outsideDay dayOfSql'
    expect(await read(selection)).toEqual({
      earlierBranches: [{ name: 'First' }],
      earlierCount: 1,
      outsideDay: 'Acme 2026-03-02',
      dayOfSql: '2026-03-02',
    })
    clock.advance(86_400_000)
    expect(await read(selection)).toEqual({
      earlierBranches: [{ name: 'First' }, { name: 'Second' }],
      earlierCount: 2,
      outsideDay: 'Acme 2026-03-03',
      dayOfSql: '2026-03-03',
    })
  })

  it('on its time, which is the same in SQL and in `resolve`', async () => {
    const { timeOfSql, times } = Object(await read('timeOfSql times'))
    expect(times).toEqual({ count: 2, now: timeOfSql, today: '2026-03-03' })
  })

  it('on the caller and their permissions', async () => {
    expect(await read('ownBranches branchTexts')).toEqual({ ownBranches: ['Second'], branchTexts: ['Iron', 'Wood'] })
    const caller = await addCaller(app)
    const permissions = [
      'account.name:read',
      'account.parent:read',
      'account.branchTexts:read',
      'account.ownBranches:read',
    ]
    await app.database.ownerPool.query('update roles set permissions = $1 where id = $2', [
      [...permissions, 'account.owner:read'],
      caller.roleId,
    ])
    expect(await read('ownBranches branchTexts', app.withCredential(caller.token))).toEqual({
      ownBranches: [],
      branchTexts: ['First', 'Second'],
    })
  })

  it('in one statement, and in the payload of a mutation', async () => {
    app.resetStatements()
    await read('earlierBranches { name } earlierCount ownBranches branchTexts')
    expect(app.statements.filter((text) => text.startsWith('select'))).toHaveLength(1)
    const data = await app
      .as('admin')
      .must(
        'mutation ($id: ID!) { createAccount(input: { name: "Third", parentId: $id }) { account { parent { earlierCount times } } } }',
        {
          id: acme,
        },
      )
    expect(at(data, 'createAccount.account.parent')).toMatchObject({ earlierCount: 2, times: { count: 3 } })
  })
})

it('is checked when the schema is composed, for callers with and without the permissions that it asks for', async () => {
  const compose = await composer()
  const badly = (isAllowed: boolean) =>
    grade({
      select: (_args: unknown, { can }: { can(permission: string): boolean }) =>
        can('account:read') === isAllowed ? { nme: true } : { name: true },
    })
  for (const isAllowed of [true, false])
    expect(() => compose(one({ schema: badly(isAllowed) }))).toThrow(/^one: Account\.grade .*nme/)
})
