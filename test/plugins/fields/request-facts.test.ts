import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, condition, list, rows, source } from '../../../src/platform/declare/objects/fields.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { defineAccessRule } from '../../../src/platform/declare/rules/access-rule.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at, textAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { openStream } from '../../support/sse.ts'
import { testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const installation = z.object({ city: z.string().default('Oslo'), server: z.string() })
const workspace = z.object({
  city: z.string().default('Rome'),
  limit: z.int().default(3),
  hides: z.boolean().default(false),
})
const NOW = '2026-03-01T23:30:00.000Z'
let now = new Date(NOW)

const days: unknown[] = []
const text = { description: 'A text.', type: 'String' } as const

const asking = testPlugin('asking', {
  permissions: ['account:read'],
  settings: { installation, workspace },
  extend: {
    Account: {
      askedAt: computed({ description: 'When.', type: 'DateTime', value: (account) => account.now }),
      askedOn: computed({ description: 'On which day.', type: 'Date', value: (account) => account.today }),
      askedBy: computed({ ...text, value: (account) => sql`${account.actorId}::text` }),
      mayWrite: computed({
        description: 'May write.',
        type: 'Boolean',
        value: (account) => sql`${account.can('account:update')}::boolean`,
      }),
      city: computed({ ...text, value: (account) => sql`${account.settings(workspace).city}::text` }),
      facts: rows({
        description: 'Numbers up to the limit.',
        row: { name: 'Fact', description: 'A fact.', columns: { n: { type: 'Int', description: 'N.' } } },
        query: (account) => sql`select generate_series(1, ${account.settings(workspace).limit}::int) as n`,
      }),
      self: list({
        description: 'The record itself, for its creator.',
        object: 'Account',
        isSingle: true,
        ids: (account) =>
          sql`select ${account.column('id')} as id, 1 as position where ${account.can('account:update')}::boolean`,
      }),
      visits: source({
        description: 'None.',
        object: 'Task',
        orderedBy: 'createdAt',
        args: {},
        source: (account, _args, page) =>
          sql`select i.id, i.at from (select null::uuid as id, ${account.now} as at where false) i
            where ${page.within(sql`i.at`, sql`i.id`)} and ${page.isVisible(sql`i.id`)}
            order by ${page.order(sql`i.at`, sql`i.id`)} limit ${page.limit}`,
      }),
    },
  },
  conditions: {
    Account: {
      isNamedLikeCity: condition({
        description: 'Its name is the city.',
        type: 'Boolean',
        where: (account) => sql`${account.column('name')} = ${account.settings(workspace).city}`,
      }),
      isOlderThan: condition({
        description: 'It is older than so many days.',
        type: 'Int',
        where: (account, age) =>
          sql`${account.column('createdAt')} < ${account.now} - make_interval(days => ${age}::int)`,
      }),
    },
  },
  accessRules: [
    defineAccessRule({
      name: 'asking.hidden',
      description: 'Hides the accounts named Hidden from readers, at night, where the workspace wants it.',
      object: 'Account',
      on: ['read'],
      decide: ({ can, settings, now: at, today }) =>
        !settings(workspace).hides ||
        can('account:update') ||
        (at.toISOString() === now.toISOString() && today === '2026-03-01'
          ? { name: { not: { equals: 'Hidden' } } }
          : false),
    }),
  ],
  rules: [testRule('asking.days', { before: (_write, { today, now: at }) => void days.push(today, at.toISOString()) })],
  queries: [
    defineQuery({
      name: 'accountsOfCity',
      description: 'Names of the accounts of the city.',
      permission: 'account:read',
      answer: { type: 'String', isList: true },
      run: async (_args, { records }) => {
        const found = await records.find('Account', { filter: { isNamedLikeCity: true } })
        return found.map(({ name }) => name)
      },
    }),
  ],
  operations: [
    defineOperation({
      name: 'visitCity',
      description: 'Returns an account.',
      permission: null,
      input: { id: { type: 'ID', isRequired: true, description: 'Its id.' } },
      payload: { account: { type: 'Account', isNullable: true, description: 'The account.' } },
      run: async ({ id }, { records }) => ({
        values: { account: (await records.get('Account', id))?.['id'] },
        userErrors: [],
      }),
    }),
  ],
})

let app: TestApp
let id: string

async function set(settings: object, slug: 'acme' | 'globex' = 'acme') {
  const document = `mutation ($settings: JSON!) {
    updatePluginSettings(input: { pluginId: "asking", settings: $settings }) { userErrors { message } }
  }`
  const data = await app.as('admin', slug).must(document, { settings })
  expect(data).toEqual({ updatePluginSettings: { userErrors: [] } })
}

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: asking }], now: () => now })
  id = textAt(await tryAccount(app.as('member'), { name: 'Rome' }), 'account.id')
  await tryAccount(app.as('member'), { name: 'Hidden' })
})
beforeEach(async () => {
  now = new Date(NOW)
  await app.database.ownerPool.query(`update installed_plugins set settings = '{}'`)
  await set({ city: null, limit: null, hides: null })
})
afterAll(() => app.close())

const namesOf = async (role: 'reader' | 'member', filter: object) => {
  const query = 'query ($filter: AccountFilter) { accounts(filter: $filter) { nodes { name } } }'
  return textsAt(await app.as(role).must(query, { filter }), 'accounts.nodes', 'name')
}

describe('the SQL of fields and conditions', () => {
  it('knows the time, the day, the caller and the permissions, without a further statement', async () => {
    const query = `query ($id: ID!) { account(id: $id) {
      askedAt askedOn askedBy mayWrite city facts { n } self { name } visits { totalCount nodes { id } }
    } }`
    const common = { askedAt: NOW, askedOn: '2026-03-01', city: 'Rome', visits: { totalCount: 0, nodes: [] } }
    const facts = [{ n: 1 }, { n: 2 }, { n: 3 }]
    app.resetStatements()
    expect(at(await app.as('member').must(query, { id }), 'account')).toEqual({
      ...common,
      ...{ askedBy: app.as('member').actor.id, mayWrite: true, facts, self: { name: 'Rome' } },
    })
    expect(app.statements).toHaveLength(1)
    expect(at(await app.as('reader').must(query, { id }), 'account')).toEqual({
      ...common,
      ...{ askedBy: app.as('reader').actor.id, mayWrite: false, facts, self: null },
    })
  })

  it('has the time of the transaction in the payload of a mutation', async () => {
    const update = `mutation ($id: ID!) {
      updateAccount(input: { id: $id, version: 1, industry: "Trade" }) { account { askedAt updatedAt } }
    }`
    let ticks = 0
    const ticking = await createTestApp({
      plugins: [{ plugin: asking }],
      now: () => new Date(Date.parse(NOW) + 1_000 * ticks++),
    })
    try {
      const other = textAt(await tryAccount(ticking.as('member'), { name: 'Rome' }), 'account.id')
      const account = at(await ticking.as('member').must(update, { id: other }), 'updateAccount.account')
      expect(textAt(account, 'askedAt')).toBe(textAt(account, 'updatedAt'))
    } finally {
      await ticking.close()
    }
  })

  it('knows the settings of the workspace, else of the installation, else the defaults, without a further statement', async () => {
    const query = 'query ($id: ID!) { account(id: $id) { city facts { n } } }'
    await app.database.ownerPool.query(`update installed_plugins set settings = '{"city": "Bern", "server": "x"}'`)
    const cities = async () => textAt(await app.as('reader').must(query, { id }), 'account.city')
    expect(await cities()).toBe('Bern')
    await set({ city: 'Paris', limit: 1 })
    await set({ city: 'Lima' }, 'globex')
    app.resetStatements()
    expect(await app.as('reader').must(query, { id })).toEqual({ account: { city: 'Paris', facts: [{ n: 1 }] } })
    expect(app.statements).toHaveLength(1)
  })

  it('filters by settings and time, also for code of the plugin and in an operation', async () => {
    expect(await namesOf('reader', { isNamedLikeCity: true })).toEqual(['Rome'])
    expect(await namesOf('reader', { isOlderThan: 1 })).toEqual([])
    now = new Date('2026-03-03T00:00:00Z')
    expect(await namesOf('reader', { isOlderThan: 1 })).toEqual(['Rome', 'Hidden'])
    await set({ city: 'Hidden' })
    expect(await app.as('reader').must('{ accountsOfCity }')).toEqual({ accountsOfCity: ['Hidden'] })
    const visit = 'mutation ($id: ID!) { visitCity(input: { id: $id }) { account { city } } }'
    expect(await app.as('member').must(visit, { id })).toEqual({ visitCity: { account: { city: 'Hidden' } } })
  })
})

describe('an access rule', () => {
  it('knows the settings, the time and the permissions of the caller', async () => {
    expect(await namesOf('reader', {})).toEqual(['Rome', 'Hidden'])
    await set({ hides: true })
    expect(await namesOf('reader', {})).toEqual(['Rome'])
    expect(await namesOf('member', {})).toEqual(['Rome', 'Hidden'])
    now = new Date('2026-03-02T00:00:00Z')
    expect(await namesOf('reader', {})).toEqual([])
  })

  it('ends streams when the settings change, because it may decide otherwise', async () => {
    await logSettled(app)
    const stream = await openStream(app, app.as('reader'), 'subscription { accountChanged { operation } }')
    await set({ limit: 5 })
    expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'RIGHTS_CHANGED' } }] })
    await stream.ended
  })
})

it('the day is that of the time zone of the workspace, from the next request on', async () => {
  const move = `mutation ($id: ID!, $version: Int!) { updateWorkspace(input: { id: $id, version: $version, timeZone: "Europe/Berlin" }) { userErrors { message } } }`
  const { workspace: globex } = Object(
    at(await app.as('admin', 'globex').must('{ viewer { workspace { id version } } }'), 'viewer'),
  )
  await app.as('admin', 'globex').must(move, globex)
  const account = textAt(await tryAccount(app.as('member', 'globex'), { name: 'Berlin' }), 'account.id')
  expect(days.slice(-2)).toEqual(['2026-03-02', NOW])
  const seen = await app
    .as('member', 'globex')
    .must('query ($id: ID!) { account(id: $id) { askedAt askedOn } }', { id: account })
  expect(at(seen, 'account')).toEqual({ askedAt: NOW, askedOn: '2026-03-02' })
})

it('a rule knows the day of the transaction', async () => {
  days.length = 0
  await tryAccount(app.as('member'), { name: 'Today' })
  expect(days).toEqual(['2026-03-01', NOW])
})
