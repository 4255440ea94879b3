import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineHandler, defineJob, definePlugin, defineRule, ruleViolation, z } from '../../../src/plugin.ts'
import { at, createPluginTestApp, type PluginTestApp, refusals, textAt, textsAt } from '../../../src/plugin-testing.ts'

const opening = defineRule({
  name: 'shop.openingHours',
  description: 'Accounts are made from 9 o’clock on.',
  object: 'Account',
  on: ['create'],
  before: (_, { now }) =>
    now.getUTCHours() < 9 ? { refusals: [ruleViolation('shop.openingHours', null, 'Come back at 9.')] } : undefined,
})

const installation = z.object({ greeting: z.string().default('Remind'), limit: z.int().optional() })

const shop = definePlugin({
  id: 'shop',
  description: 'Something to try the kit with.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read', 'account:update', 'task:create'],
  settings: { installation },
  rules: [opening],
  handlers: [
    defineHandler({
      name: 'shop.welcome',
      description: 'Greets new accounts.',
      on: { types: ['Account'], operations: ['CREATED'] },
      async handle({ recordId }, { records }) {
        await records.update('Account', recordId, { description: 'Welcome!' })
      },
    }),
  ],
  jobs: [
    defineJob({
      name: 'shop.remind',
      description: 'Makes a task.',
      async run(_, { records, now, settings }) {
        const { greeting } = await settings(installation)
        await records.create('Task', { title: `${greeting} at ${now.toISOString()}` })
      },
    }),
  ],
})

const createAccount =
  'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id createdAt } userErrors { code message } } }'

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin: shop }], now: new Date('2026-03-01T08:00:00Z') })
})
afterAll(() => app.close())

describe('the testing kit for plugins', () => {
  it('has a clock that a test can advance, and that rules and `createdAt` follow', async () => {
    expect(refusals(await app.as('member').must(createAccount, { name: 'Early' }), 'createAccount')).toEqual([
      'RULE_VIOLATION',
    ])
    app.clock.advance(3_600_000)
    const data = await app.as('member').must(createAccount, { name: 'Late' })
    expect(at(data, 'createAccount.account.createdAt')).toBe('2026-03-01T09:00:00.000Z')
  })

  it('returns the changes of a workspace, and delivers changes to handlers when the test asks for it', async () => {
    const data = await app.as('member', 'globex').must(createAccount, { name: 'Globex' })
    const id = textAt(data, 'createAccount.account.id')
    expect(await app.changes('globex')).toMatchObject([{ type: 'Plugin' }, { type: 'Account', recordId: id }])
    await app.deliver()
    const read = await app.as('reader', 'globex').must('query ($id: ID!) { account(id: $id) { description } }', { id })
    expect(read).toEqual({ account: { description: 'Welcome!' } })
    const changes = await app.changes('globex')
    expect(changes.at(-1)).toEqual({
      type: 'Account',
      operation: 'UPDATED',
      recordId: id,
      changedFields: ['description'],
    })
  })

  it("runs a job at once in the workspace that the test names, at the time of the kit's clock", async () => {
    await app.runJob('shop.remind', {}, 'globex')
    const titles = async (workspace: 'acme' | 'globex') =>
      app.as('reader', workspace).must('{ tasks { nodes { title } } }')
    expect(await titles('globex')).toEqual({ tasks: { nodes: [{ title: 'Remind at 2026-03-01T09:00:00.000Z' }] } })
    expect(await titles('acme')).toEqual({ tasks: { nodes: [] } })
    await expect(app.runJob('shop.nothing')).rejects.toThrow('shop.remind')
  })

  it('creates users who have only the permissions that the test names', async () => {
    const client = await app.withPermissions(['account:read', 'contact:*'], 'globex')
    expect(client.workspaceId).toBe(app.as('admin', 'globex').workspaceId)
    await client.must('{ accounts { nodes { id } } contacts { nodes { id } } }')
    const made = await client.must(
      'mutation { createContact(input: { lastName: "Made" }) { contact { id } userErrors { code } } }',
    )
    expect(refusals(made, 'createContact')).toEqual([])
    expect((await client.query(createAccount, { name: 'No' })).errors[0]?.extensions?.['code']).toBe('FORBIDDEN')
    expect((await client.query('{ tasks { nodes { id } } }')).errors[0]?.extensions?.['code']).toBe('FORBIDDEN')
  })

  it('lists the SQL statements that a request sends to the database', async () => {
    app.resetStatements()
    await app.as('reader').must('{ accounts { nodes { name } } }')
    expect(app.statements).toHaveLength(1)
  })

  it('refuses a plugin with a missing dependency, and a plugin that clashes with another plugin, by name', async () => {
    const lost = definePlugin({
      ...shop,
      id: 'lost',
      depends: { nowhere: '^1.0.0' },
      rules: [],
      handlers: [],
      jobs: [],
    })
    await expect(createPluginTestApp({ plugins: [{ plugin: lost }] })).rejects.toThrow('lost needs nowhere')
    const rival = definePlugin({ ...shop, id: 'rival' })
    await expect(createPluginTestApp({ plugins: [{ plugin: shop }, { plugin: rival }] })).rejects.toThrow('rival')
  })

  it('sets settings of the installation, and refuses those that the plugin does not have or accept', async () => {
    const open = (installationSettings: Readonly<Record<string, unknown>>) =>
      createPluginTestApp({ plugins: [{ plugin: shop, installationSettings }], now: new Date('2026-03-01T08:00:00Z') })
    const greeting = await open({ greeting: 'Look' })
    try {
      await greeting.runJob('shop.remind')
      const read = await greeting.as('member').must('{ tasks { nodes { title } } }')
      expect(textsAt(read, 'tasks.nodes', 'title')).toEqual(['Look at 2026-03-01T08:00:00.000Z'])
    } finally {
      await greeting.close()
    }
    await expect(open({ greting: 'Look' })).rejects.toThrow(
      'shop has no setting greting. Its settings are: greeting, limit.',
    )
    await expect(open({ limit: 'two' })).rejects.toThrow('These settings of shop are not valid: limit:')
  })
})
