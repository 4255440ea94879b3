import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { forgetStrikes, testPlugin } from '../guarded-plugin.ts'
import { rating } from '../rating/plugin.ts'

let app: TestApp
let acme: Made

/** A plugin with fields that never end. */
const late = testPlugin('late', {
  schema(builder, { Account }) {
    builder.prismaObjectFields(Account, (t) => ({
      never: t.string({
        description: 'Never there.',
        select: { id: true },
        resolve: () => new Promise<string>(() => undefined),
      }),
      loops: t.string({
        description: 'Never there.',
        select: { id: true },
        async resolve() {
          for (const start = Date.now(); Date.now() - start < 1_200; );
          return 'too late'
        },
      }),
    }))
  },
})

beforeAll(async () => {
  app = await createTestApp({
    log: pino({ level: 'silent' }),
    plugins: [{ plugin: rating }, { plugin: late }],
  })
  acme = await addAccount(app.as('admin'), { name: 'Acme' })
  await addAccount(app.as('admin'), { name: 'Broken', parentId: acme.id })
})
afterAll(() => app.close())
beforeEach(() => forgetStrikes(app))

async function ask(selection: string) {
  const { data, errors } = await app
    .as('reader')
    .query(`{ accounts(orderBy: [{ name: ASC }]) { nodes { name ${selection} } } }`)
  const failures = errors.map(({ path, extensions }) => [path?.slice(2).join('.'), extensions])
  return { nodes: listAt(data, 'accounts.nodes'), failures, messages: errors.map(({ message }) => message) }
}

const failed = (field: string, plugin = 'rating') => ({ code: 'PLUGIN_FAILED', plugin, field })

describe('a field of a schema', () => {
  it('is null for the records for which its code throws, and the error names the plugin, the field and the path only', async () => {
    const { nodes, failures, messages } = await ask('broken shoutedName')
    expect(nodes).toEqual([
      { name: 'Acme', broken: null, shoutedName: 'ACME' },
      { name: 'Broken', broken: 'Broken', shoutedName: 'BROKEN' },
    ])
    expect(failures).toEqual([['0.broken', failed('Account.broken')]])
    expect(messages.join()).not.toContain('secret words')
  })

  it.each([
    ['has a value of the wrong type', 'wrong'],
    ['is null although it is not declared nullable', 'empty'],
    ['has an object with null in a non-null field', 'half { points }'],
    ['fails in the function that says what it selects', 'cutName'],
    ['selects less than it uses, in what it returns', 'cutName(from: "")'],
    ['takes more records than a list may have', 'branches(take: 1001) { name }'],
    ['takes a negative number of records', 'branches(take: -1) { name }'],
  ])('is null with an error when it %s', async (_what, selection) => {
    const [field = ''] = /^\w+/.exec(selection) ?? []
    const { nodes, failures } = await ask(`${selection} shoutedName`)
    expect(nodes).toEqual([
      { name: 'Acme', [field]: null, shoutedName: 'ACME' },
      { name: 'Broken', [field]: null, shoutedName: 'BROKEN' },
    ])
    expect(failures).toEqual([0, 1].map((index) => [`${index}.${field}`, failed(`Account.${field}`)]))
  })

  it('loses only the nullable part that failed, such as an element of a list or a value that was looked up', async () => {
    const { nodes, failures } = await ask('rating { points why outside }')
    expect(nodes).toEqual([
      { name: 'Acme', rating: { points: 4, why: ['Acme', null], outside: 'ACME' } },
      { name: 'Broken', rating: { points: 6, why: [null, null], outside: null } },
    ])
    expect(failures).toEqual([
      ['1.rating.why.0', failed('Rating.why')],
      ['1.rating.outside', failed('Rating.outside')],
    ])
  })

  it('fails with the other fields of its plugin when a statement fails, because they share a transaction', async () => {
    const { nodes, failures } = await ask('sqlFails shoutedName domainCount')
    expect(nodes[0]).toEqual({ name: 'Acme', sqlFails: null, shoutedName: null, domainCount: null })
    expect(failures).toContainEqual(['0.sqlFails', failed('Account.sqlFails')])
  })

  it('does not keep a mutation from being committed, whatever fails', async () => {
    const { data, errors } = await app
      .as('admin')
      .query(
        'mutation { createAccount(input: { name: "Committed" }) { account { name sqlFails broken } userErrors { message } } }',
      )
    expect(at(data, 'createAccount')).toEqual({
      account: { name: 'Committed', sqlFails: null, broken: null },
      userErrors: [],
    })
    expect(new Set(errorCodes({ errors }))).toEqual(new Set(['PLUGIN_FAILED']))
    const found = await app
      .as('reader')
      .must('{ accounts(filter: { name: { equals: "Committed" } }) { nodes { name } } }')
    expect(listAt(found, 'accounts.nodes')).toHaveLength(1)
  })

  it('of one plugin that is late takes no field of another plugin with it', async () => {
    const { nodes, failures } = await ask('loops shoutedName')
    expect(nodes[0]).toEqual({ name: 'Acme', loops: null, shoutedName: 'ACME' })
    expect(failures[0]).toEqual(['0.loops', failed('Account.loops', 'late')])
  })

  it('is null when its code does not end within 5 seconds', { timeout: 20_000 }, async () => {
    const { nodes, failures } = await ask('never shoutedName')
    expect(nodes[0]).toEqual({ name: 'Acme', never: null, shoutedName: 'ACME' })
    expect(failures[0]).toEqual(['0.never', failed('Account.never', 'late')])
  })
})
