import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  computed,
  defineHandler,
  defineJob,
  definePlugin,
  defineQuery,
  defineRule,
  resolved,
  sql,
} from '../../../src/plugin.ts'
import { createPluginTestApp, errorCodes, type PluginTestApp, refusals } from '../../../src/plugin-testing.ts'

const thrown = new TypeError('There is no such method.')

const broken = definePlugin({
  id: 'broken',
  description: 'A plugin whose parts fail.',
  version: '1.0.0',
  api: '^1.0.0',
  rules: [
    defineRule({
      name: 'broken.rule',
      description: 'Throws for some names, and needs a permission that the plugin does not name for others.',
      object: 'Account',
      on: ['create'],
      async after({ values: { name } }, { records }) {
        if (name === 'throws') throw thrown
        if (name === 'needs') await records.create('Task', { title: 'Call' })
      },
    }),
  ],
  queries: [
    defineQuery({
      name: 'brokenQuery',
      description: 'Throws.',
      permission: 'account:read',
      answer: { type: 'Int' },
      run: () => Promise.reject(thrown),
    }),
  ],
  extend: {
    Account: {
      brokenValue: resolved({
        description: 'Throws.',
        type: 'Int',
        needs: ['id'],
        resolve: () => Promise.reject(thrown),
      }),
      brokenSum: computed({
        description: 'Divides by zero.',
        type: 'Int',
        value: () => sql`(select 1 / (random() * 0)::int)`,
      }),
    },
  },
  handlers: [
    defineHandler({
      name: 'broken.handler',
      description: 'Throws.',
      on: { types: ['Contact'] },
      handle: () => Promise.reject(thrown),
    }),
  ],
  jobs: [defineJob({ name: 'broken.job', description: 'Throws.', run: () => Promise.reject(thrown) })],
})

const createAccount =
  'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { code } } }'

let app: PluginTestApp
const printed = vi.spyOn(console, 'error')
beforeEach(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin: broken }] })
  printed.mockReset()
})
afterEach(() => app.close())

const outputs = () => printed.mock.calls.map(([text]) => String(text))

describe('the testing kit says why code of a plugin failed', () => {
  it('with the error of a rule: `must` throws it as the cause, and it is printed with its stack', async () => {
    const failed = app.as('member').must(createAccount, { name: 'throws' })
    await expect(failed).rejects.toThrow('The plugin broken failed in broken.rule: There is no such method.')
    await expect(failed).rejects.toMatchObject({ cause: thrown })
    expect(outputs()).toEqual([
      `The plugin broken failed in broken.rule: There is no such method.\n${thrown.stack ?? ''}`,
    ])
  })

  it('with the permission that its manifest lacks', async () => {
    const failed = app.as('member').must(createAccount, { name: 'needs' })
    await expect(failed).rejects.toThrow("The plugin's permissions lack task:create")
  })

  it('with the error of a query, of a resolved field and of the SQL of a computed field, each once', async () => {
    await app.as('member').must(createAccount, { name: 'Acme' })
    const answers = []
    for (const document of [
      '{ brokenQuery }',
      '{ accounts { nodes { brokenValue } } }',
      '{ accounts { nodes { brokenSum } } }',
    ])
      answers.push(errorCodes(await app.as('member').query(document)))
    expect(answers).toEqual([['PLUGIN_FAILED'], ['PLUGIN_FAILED'], ['BAD_USER_INPUT']])
    expect(outputs().map((text) => text.split('\n')[0])).toEqual([
      'The plugin broken failed in brokenQuery: There is no such method.',
      'The plugin broken failed in Account.brokenValue: There is no such method.',
      'A request contains a value that PostgreSQL cannot read: division by zero',
    ])
  })

  it('by an error of `deliver` and of `runJob`, with the error of the handler or job as the cause', async () => {
    await app.as('member').must('mutation { createContact(input: { lastName: "Noether" }) { contact { id } } }')
    const delivered = app.deliver()
    await expect(delivered).rejects.toThrow('The plugin broken failed in broken.handler: There is no such method.')
    await expect(delivered).rejects.toMatchObject({ cause: thrown })
    const ran = app.runJob('broken.job')
    await expect(ran).rejects.toThrow('The plugin broken failed in broken.job: There is no such method.')
    await expect(ran).rejects.toMatchObject({ cause: thrown })
  })
})

describe('a plugin whose code fails again and again in the testing kit', () => {
  const failThreeTimes = async (client: ReturnType<PluginTestApp['as']>) => {
    for (let time = 0; time < 3; time++)
      expect(errorCodes(await client.query(createAccount, { name: 'throws' }))).toEqual(['PLUGIN_FAILED'])
  }

  it('stays in use', async () => {
    await failThreeTimes(app.as('member'))
    expect(errorCodes(await app.as('member').query(createAccount, { name: 'throws' }))).toEqual(['PLUGIN_FAILED'])
  })

  it('is put into quarantine when the test asks for it', async () => {
    const strict = await createPluginTestApp({ plugins: [{ plugin: broken }], quarantine: true })
    try {
      await failThreeTimes(strict.as('member'))
      expect(refusals(await strict.as('member').must(createAccount, { name: 'throws' }), 'createAccount')).toEqual([])
    } finally {
      await strict.close()
    }
  })
})
