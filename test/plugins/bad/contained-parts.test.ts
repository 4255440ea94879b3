import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { computed, resolved } from '../../../src/platform/declare/objects/fields.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { logSettled } from '../../support/log.ts'
import { activationOf, forgetStrikes, testPlugin, tryAccount } from '../guarded-plugin.ts'
import { alone, type BadApp, expectNothingWritten, openBadApp } from './bad-app.ts'
import { expectCore } from './corpus.ts'

const fail = (): never => {
  throw new Error('Oh no.')
}
const loop = (): never => {
  for (;;);
}
const never = () => new Promise<never>(() => undefined)

const field = (resolve: () => unknown) =>
  resolved({ description: 'Bad.', type: 'Int', needs: ['name'], budgetMs: 100, resolve: resolve as () => number[] })
const fields = {
  badThrow: field(fail),
  badReject: field(async () => fail()),
  badLoop: field(loop),
  badWait: field(never),
  badFew: field(() => []),
  badList: field(() => 'many'),
}
const operation = (name: string, run: () => unknown) =>
  defineOperation({
    name,
    description: 'Bad.',
    permission: null,
    input: { a: { type: 'Int', description: 'A.' } },
    payload: { n: { type: 'Int', isNullable: true, description: 'N.' } },
    run: run as () => Promise<{ values: Record<string, unknown>; userErrors: [] }>,
  })
const operations = {
  opThrow: fail,
  opReject: async () => fail(),
  opLoop: loop,
  opNothing: async () => undefined,
  opNumber: async () => 42,
  opMisspell: async () => ({ values: {}, userErrors: [], errors: [] }),
  opErrors: async () => ({ values: {}, userErrors: ['No.'] }),
  opUntyped: async () => ({ values: { n: 'many' }, userErrors: [] }),
}
const query = (name: string, run: () => unknown) => ({
  name,
  description: 'Bad.',
  permission: 'account:read' as const,
  answer: { type: 'Int' },
  run: run as () => Promise<unknown>,
})
const queries = { askThrow: fail, askReject: async () => fail(), askLoop: loop, askText: async () => 'many' }

const parts = testPlugin('parts', {
  extend: { Account: fields },
  operations: Object.entries(operations).map(([name, run]) => operation(name, run)),
  queries: Object.entries(queries).map(([name, run]) => query(name, run)),
})
const building = testPlugin('building', {
  extend: {
    Account: {
      badSql: computed({
        description: 'Bad.',
        type: 'Int',
        value: () => ({ text: '(select 1 +)', values: [] }) as never,
      }),
    },
  },
})
const working = testPlugin('working', {
  permissions: ['account:create'],
  handlers: [
    {
      name: 'working.handler',
      description: 'Bad.',
      on: { types: ['Contact'] },
      async handle(_change, { records }) {
        await records.create('Account', { name: 'By a handler' })
        fail()
      },
    },
  ],
  jobs: Object.entries({ throws: fail, loops: loop, rejects: async () => fail() }).map(([name, run]) => ({
    name: `working.${name}`,
    description: 'Bad.',
    // Code that computes after an `await` cannot be interrupted, so `loops` runs before it.
    async run(_payload: object, { records }: Parameters<NonNullable<typeof parts.jobs>[number]['run']>[1]) {
      if (name === 'loops') run()
      await records.create('Account', { name: 'By a job' })
      await run()
    },
  })),
})

let app: BadApp
beforeAll(async () => {
  app = await openBadApp(alone([parts, building, working]))
  await expectCore(app)
})
afterEach(() => forgetStrikes(app))
afterAll(() => app.close())

describe('a failing field of a plugin', () => {
  it.each(Object.keys(fields))(
    'is null, while the error names the plugin and the rest of the query is answered: the field %s',
    async (name) => {
      app.logged('parts')
      const { data, errors } = await expectNothingWritten(app, () =>
        app.as('reader').query(`{ accounts(first: 1) { nodes { name ${name} } } }`),
      )
      expect(listAt(data, 'accounts.nodes')).toEqual([{ name: expect.any(String), [name]: null }])
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'parts', field: `Account.${name}` })
      const isOverrun = name === 'badLoop' || name === 'badWait'
      const told = app.logged('parts')
      expect(told).toContainEqual(expect.objectContaining({ field: `Account.${name}`, reason: expect.any(String) }))
      expect(told.filter(({ strikes }) => strikes === 1)).toHaveLength(isOverrun ? 1 : 0)
    },
  )

  it('that is computed with invalid SQL makes only those requests fail that select the field', async () => {
    const { errors } = await expectNothingWritten(app, () =>
      app.as('reader').query('{ accounts { nodes { badSql } } }'),
    )
    expect(errors).toHaveLength(1)
    await expectCore(app)
  })
})

describe('a failing query or operation of a plugin', () => {
  it.each(Object.keys(queries))(
    'gives an error that names the plugin, while the rest of the request is answered: the query %s',
    async (name) => {
      app.logged('parts')
      const { data, errors } = await expectNothingWritten(app, () =>
        app.as('reader').query(`{ accounts(first: 1) { totalCount } ${name} }`),
      )
      expect(data).toMatchObject({ accounts: { totalCount: expect.any(Number) }, [name]: null })
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'parts' })
      expect(app.logged('parts')).toMatchObject([{ part: name, strikes: name === 'askLoop' ? 1 : 0 }])
    },
  )

  it.each(Object.keys(operations))(
    'gives an error that names the plugin, and counts one strike: the operation %s',
    async (name) => {
      app.logged('parts')
      const { errors } = await expectNothingWritten(app, () =>
        app.as('admin').query(`mutation { ${name}(input: {}) { n userErrors { code } } }`),
      )
      expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'parts' })
      expect(app.logged('parts')).toMatchObject([{ part: name, strikes: 1 }])
    },
  )
})

describe('failing background work of a plugin', () => {
  const background = () => ({ database: app.database, host: app.host, log: pino({ level: 'silent' }) })

  it.each(['throws', 'loops', 'rejects'])(
    'writes nothing, and the error names the plugin and the job: a job that %s',
    async (name) => {
      const { workspaceId } = app.as('admin').actor
      await expectNothingWritten(app, () =>
        expect(runJobNow(background(), workspaceId, `working.${name}`)).rejects.toMatchObject({
          plugin: 'working',
          part: `working.${name}`,
        }),
      )
    },
  )

  it('writes nothing, and the list of plugins shows the error: a handler that throws', async () => {
    await app
      .as('admin')
      .must('mutation { createContact(input: { lastName: "One" }) { contact { id } userErrors { message } } }')
    await logSettled(app)
    await expectNothingWritten(app, () => deliverAll(background()))
    const data = await app.as('admin').must('{ plugins { id status handlers { attempts lastError } } }')
    expect(listAt(data, 'plugins')).toContainEqual({
      id: 'working',
      status: 'ENABLED',
      handlers: [{ attempts: 1, lastError: 'Oh no.' }],
    })
  })
})

it('a field that exceeds its budget three times puts its plugin into quarantine', async () => {
  for (let strike = 1; strike <= 3; strike++)
    await app.as('reader').query('{ accounts(first: 1) { nodes { badLoop } } }')
  expect(await activationOf(app, app.as('admin'), 'parts')).toMatchObject({
    isQuarantined: true,
    reason: 'Account.badLoop: It took longer than its 100 ms.',
  })
  const { errors } = await app.as('reader').query('{ accounts(first: 1) { nodes { badLoop } } }')
  expect(errors[0]?.message).toContain('Cannot query field "badLoop"')
  expect(at(await tryAccount(app.as('member'), { name: 'After' }), 'account.name')).toBe('After')
})
