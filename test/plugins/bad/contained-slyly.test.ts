import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed } from '../../../src/platform/declare/objects/fields.ts'
import type { Plugin, Seed } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { at, errorCodes, listAt } from '../../../src/testing/answers.ts'
import { countOf, forgetStrikes, LEDGER, testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'
import { doIt, insertLine, ledger } from '../ledger/plugin.ts'
import { type BadApp, expectNothingWritten, openBadApp } from './bad-app.ts'
import { expectCore } from './corpus.ts'

/** Changes every object that it receives, in ways that throw no error. */
const meddler = testPlugin('meddler', {
  rules: [
    testRule('meddler.before', {
      on: ['create', 'update'],
      before(write, context) {
        for (const target of [write, write.values, write.before ?? {}]) {
          Reflect.set(target, 'name', 'Meddled')
          Reflect.set(target, 'values', { name: 'Meddled' })
        }
        for (const value of [...Object.values(write.values), ...Object.values(write.before ?? {})]) {
          if (value instanceof Date) value.setFullYear(1_900)
          if (Array.isArray(value)) Reflect.set(value, 0, 'Meddled')
        }
        if (write.items instanceof Map) write.items.clear()
        context.now.setFullYear(1_900)
        Reflect.set(context, 'records', null)
        Reflect.set(context.actor, 'id', 'Meddled')
        return undefined
      },
    }),
  ],
})

let failures = 0
const sometimes = testPlugin('sometimes', {
  extend: { Account: { sometimes: computed({ description: 'One.', type: 'Int', value: () => sql`1` }) } },
  rules: [
    testRule('sometimes.rule', {
      before({ values }) {
        if (values['name'] === 'sometimes' && ++failures % 2 === 1) throw new Error('Every other time.')
        return undefined
      },
    }),
  ],
})

const seed = (run: (context: PluginContext) => unknown): Seed => ({
  name: 'first',
  description: 'Bad.',
  run: async (context) => void (await run(context)),
})
const seeding = (id: string, run: (context: PluginContext) => unknown): Plugin =>
  testPlugin(id, { permissions: ['account:create'], seeds: [seed(run)] })
const seeds = [
  seeding('seedthrows', async ({ records }) => {
    await records.create('Account', { name: 'Seeded' })
    throw new Error('Oh no.')
  }),
  seeding('seedloops', () => {
    for (;;);
  }),
  seeding('seedreaches', ({ records }) => records.create('Contact', { lastName: 'Seeded' })),
  seeding('seedsends', ({ transaction }) => transaction.query(sql`delete from accounts`)),
]

let app: BadApp
const enable = (pluginId: string, role: 'admin' | 'member' = 'admin') =>
  app
    .as(role)
    .query<unknown, object>(
      'mutation ($pluginId: String!) { enablePlugin(input: { pluginId: $pluginId }) { plugin { status } userErrors { code } } }',
      { pluginId },
    )
const statusOf = async (id: string) => {
  const data = await app.as('admin').must('{ plugins { id status reason } }')
  return listAt(data, 'plugins').find((each) => at(each, 'id') === id)
}

beforeAll(async () => {
  const plugins = [
    { plugin: ledger, directory: LEDGER },
    ...[meddler, sometimes, ...seeds].map((plugin) => ({ plugin })),
  ]
  app = await openBadApp(plugins, { enable: 'nowhere' })
  for (const { id } of [ledger, meddler, sometimes]) expect((await enable(id)).errors).toEqual([])
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe('a bad plugin', () => {
  it('cannot change the written record by modifying the JavaScript values that a rule receives', async () => {
    const create = `mutation ($input: CreateAccountInput!) {
      createAccount(input: $input) { account { id name createdAt updatedAt domains { domain } } userErrors { message } } }`
    const made = await app
      .as('member')
      .must<unknown, object>(create, { input: { name: 'Mine', domains: [{ domain: 'mine.example' }] } })
    const account = at(made, 'createAccount.account')
    expect(account).toMatchObject({ name: 'Mine', domains: [{ domain: 'mine.example' }] })
    const update =
      'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { name createdAt updatedAt } userErrors { message } } }'
    const updated = await app
      .as('member')
      .must<unknown, object>(update, { input: { id: at(account, 'id'), version: 1, name: 'Still mine' } })
    expect(at(updated, 'updateAccount.account.name')).toBe('Still mine')
    for (const stamp of [
      at(account, 'createdAt'),
      at(account, 'updatedAt'),
      at(updated, 'updateAccount.account.createdAt'),
      at(updated, 'updateAccount.account.updatedAt'),
    ])
      expect(Date.now() - Date.parse(String(stamp))).toBeLessThan(60_000)
    const { rows } = await app.database.ownerPool.query<{ changes: unknown }>(
      `select changes from audit_entries order by at desc limit 1`,
    )
    expect(JSON.stringify(rows)).not.toMatch(/Meddled|1900/)
  })

  it('cannot use the context of an operation after the transaction of the operation has ended', async () => {
    const kept: { context?: PluginContext } = {}
    await doIt(app.as('admin'), async (context) => {
      kept.context = context
      return null
    })
    const { context } = kept
    if (!context) throw new Error('The operation did not run.')
    await expectNothingWritten(app, async () => {
      await expect(insertLine(context, 'Too late')).rejects.toThrow(/transaction has ended/)
      await expect(context.records.create('Account', { name: 'Too late' })).rejects.toThrow(/transaction has ended/)
      await expect(context.records.find('Account')).rejects.toThrow(/transaction has ended/)
      await expect(context.secret('none')).rejects.toThrow()
      await expect(context.enqueue('ledger.none')).rejects.toThrow()
    })
  })

  it('cannot write any more after its operation has failed', async () => {
    let late: Promise<unknown> = Promise.resolve()
    await doIt(app.as('admin'), async (context) => {
      late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => insertLine(context, 'Too late'))
      late.catch(() => undefined)
      throw new Error('Before it.')
    })
    await expect(late).rejects.toThrow(/over|failed in doLedger/)
    expect(await countOf(app, 'ledger_lines')).toBe(0)
  })

  it('cannot read or write rows of another workspace with SQL', async () => {
    const { workspaceId } = app.as('admin', 'globex').actor
    const { answer } = await doIt(app.as('admin'), ({ unrestricted }) =>
      unrestricted.query(sql`select count(*)::int as count from contacts where workspace_id = ${workspaceId}::uuid`),
    )
    expect(answer).toEqual([{ count: 0 }])
    const { errors } = await expectNothingWritten(app, () =>
      doIt(app.as('admin'), ({ transaction }) =>
        transaction.query(
          sql`insert into ledger_lines (workspace_id, id, text) values (${workspaceId}::uuid, gen_random_uuid(), 'x')`,
        ),
      ),
    )
    expect(errorCodes({ errors })).toEqual(['PLUGIN_FAILED'])
  })

  it('cannot do more than the permissions in its manifest allow, even for an administrator', async () => {
    const { errors } = await expectNothingWritten(app, () =>
      doIt(app.as('admin'), ({ records }) => records.create('Contact', { lastName: 'More' })),
    )
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining('plugin ledger may not do this: its permissions lack contact:create'),
      extensions: { code: 'FORBIDDEN' },
    })
  })

  it.each(seeds.map(({ id }) => [id]))('stays disabled when its seed fails: the plugin %s', async (id) => {
    const before = await statusOf(id)
    const { data, errors } = await expectNothingWritten(app, () => enable(id))
    expect(at(data, 'enablePlugin.plugin.status')).toBeUndefined()
    expect(errors[0]?.message).toContain(`plugin ${id}`)
    expect(await statusOf(id)).toEqual(before)
    expect(before).toMatchObject({ status: 'DISABLED' })
  })
})

it('a plugin that fails three times in a workspace is in quarantine there until an administrator enables the plugin', async () => {
  failures = 0
  const client = app.as('member')
  const outcomes: unknown[] = []
  for (let time = 1; time <= 6; time++)
    outcomes.push(errorCodes(await tryAccount(client, { name: 'sometimes' }))[0] ?? 'written')
  expect(outcomes).toEqual(['PLUGIN_FAILED', 'written', 'PLUGIN_FAILED', 'written', 'PLUGIN_FAILED', 'written'])
  expect(await statusOf('sometimes')).toEqual({
    id: 'sometimes',
    status: 'QUARANTINED',
    reason: 'sometimes.rule: Every other time.',
  })
  const ask = () =>
    client.query('{ accounts(first: 1) { nodes { sometimes } } __type(name: "Account") { fields { name } } }')
  expect((await ask()).errors[0]?.message).toContain('Cannot query field "sometimes"')
  await expectCore(app)
  expect(errorCodes(await enable('sometimes', 'member'))).toEqual(['FORBIDDEN'])
  expect(at((await enable('sometimes')).data, 'enablePlugin.plugin.status')).toBe('ENABLED')
  expect(at((await ask()).data, 'accounts.nodes.0.sometimes')).toBe(1)
  expect(await statusOf('sometimes')).toMatchObject({ status: 'ENABLED', reason: null })
})
