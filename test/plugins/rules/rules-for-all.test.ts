import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PendingWrite } from '../../../src/platform/declare/rules/rule.ts'
import { invalid } from '../../../src/platform/declare/rules/user-errors.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { testPlugin, testRule, tryAccount } from '../guarded-plugin.ts'

const calls: string[] = []

function names(writes: readonly PendingWrite[]): string {
  return writes.map(({ values }) => `${String(values['name'])} of ${String(values['industry'])}`).join(', ')
}

const herd = testPlugin('herd', {
  permissions: ['task:create'],
  rules: [
    testRule('herd.first', { before: ({ values }) => ({ patch: { industry: `${String(values['name'])} 1` } }) }),
    testRule('herd.together', {
      on: ['create', 'update'],
      async beforeAll(writes) {
        calls.push(`before ${names(writes)}`)
        return writes.map(({ values }) =>
          values['name'] === 'Black'
            ? { refusals: [invalid(['input', 'name'], 'No black sheep.')] }
            : values['name'] === 'Plain'
              ? undefined
              : { patch: { industry: `${String(values['industry'])} 2` } },
        )
      },
      async afterAll(writes, { records }) {
        calls.push(`after ${names(writes)}`)
        for (const { values } of writes)
          if (values['name'] !== undefined) await records.create('Task', { title: `Shear ${String(values['name'])}` })
      },
    }),
    testRule('herd.last', {
      before: ({ values }) => ({ patch: { industry: `${String(values['industry'])} 3` } }),
    }),
  ],
})

const short = testPlugin('short', {
  rules: [testRule('short.rule', { beforeAll: ([first]) => (first?.values['name'] === 'Short' ? [] : undefined) })],
})

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: herd }, { plugin: short }] })
})
afterAll(() => app.close())

async function createAccounts(names: readonly string[], errorPolicy = 'REJECT_ALL'): Promise<unknown> {
  const data = await app.as('admin').must(
    `mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) {
      results { account { name industry } userErrors { message path } } } }`,
    { input: { errorPolicy, records: names.map((name) => ({ name })) } },
  )
  return at(data, 'createAccounts.results')
}

const tasks = async () =>
  listAt(await app.as('admin').must('{ tasks(first: 50) { nodes { title } } }'), 'tasks.nodes').map((task) =>
    at(task, 'title'),
  )

describe('a rule for all writes that are done together', () => {
  it('is called once for them, in the order of the rules, with a result for each', async () => {
    calls.length = 0
    expect(await createAccounts(['White', 'Plain', 'Brown'])).toEqual([
      { account: { name: 'White', industry: 'White 1 2 3' }, userErrors: [] },
      { account: { name: 'Plain', industry: 'Plain 1 3' }, userErrors: [] },
      { account: { name: 'Brown', industry: 'Brown 1 2 3' }, userErrors: [] },
    ])
    expect(calls).toEqual([
      'before White of White 1, Plain of Plain 1, Brown of Brown 1',
      'after White of White 1 2 3, Plain of Plain 1 3, Brown of Brown 1 2 3',
    ])
    expect(await tasks()).toEqual(expect.arrayContaining(['Shear White', 'Shear Plain', 'Shear Brown']))
  })

  it('refuses the writes that it has refusals for, and no other', async () => {
    const results = await createAccounts(['Grey', 'Black'], 'REJECT_FAILED')
    expect(results).toEqual([
      { account: { name: 'Grey', industry: 'Grey 1 2 3' }, userErrors: [] },
      { account: null, userErrors: [{ message: 'No black sheep.', path: ['input', 'records', '1', 'name'] }] },
    ])
    expect(await tasks()).not.toContain('Shear Black')
  })

  it('gets a single write as a list of one', async () => {
    calls.length = 0
    const made = await tryAccount(app.as('admin'), { name: 'Alone' })
    expect(at(made.account, 'industry')).toBe('Alone 1 2 3')
    expect(calls).toEqual(['before Alone of Alone 1', 'after Alone of Alone 1 2 3'])
  })

  it('fails the write when it does not return a result for each', async () => {
    const made = await tryAccount(app.as('admin'), { name: 'Short' })
    expect(made.account ?? null).toBeNull()
    expect(made.errors.map((error) => at(error, 'extensions.code'))).toEqual(['PLUGIN_FAILED'])
  })

  it('can’t also be a rule for each of them', async () => {
    const both = testPlugin('both', { rules: [testRule('both.rule', { after: () => {}, afterAll: () => {} })] })
    await expect(createTestApp({ plugins: [{ plugin: both }] })).rejects.toThrow(
      'both: the rule both.rule has both after and afterAll.',
    )
  })
})
