import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codedError } from '../../../src/platform/errors.ts'
import { badArgument } from '../../../src/plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { activationOf, testPlugin } from '../guarded-plugin.ts'

const refuse = (): never => {
  throw badArgument('`days` is negative.')
}

/** A plugin whose fields refuse an argument, or throw other errors of GraphQL's class. */
const picky = testPlugin('picky', {
  permissions: ['account:read'],
  schema(builder, { Account }) {
    const Part = builder.objectRef<object>('PickyPart').implement({
      description: 'A part.',
      fields: (t) => ({ days: t.int({ nullable: true, description: 'Days.', resolve: refuse }) }),
    })
    builder.prismaObjectFields(Account, (t) => ({
      resolved: t.int({ description: 'Days.', select: { id: true }, resolve: refuse }),
      selected: t.int({
        description: 'Days.',
        args: { days: t.arg.int({ description: 'How many.' }) },
        select: ({ days }) => (days && days < 0 ? refuse() : { id: true }),
        resolve: () => 1,
      }),
      branches: t.relation('Account_parent', {
        type: Account,
        description: 'Branches.',
        args: { days: t.arg.int({ description: 'How many.' }) },
        query: ({ days }) => (days && days < 0 ? refuse() : {}),
      }),
      part: t.field({ type: Part, description: 'A part.', select: { id: true }, resolve: () => ({}) }),
      withheld: t.int({
        description: 'Days.',
        select: { id: true },
        resolve(): never {
          throw codedError('FORBIDDEN', 'This is not for you.')
        },
      }),
      limited: t.int({
        description: 'Days.',
        select: { id: true },
        resolve(): never {
          throw codedError('RATE_LIMITED', 'The service is busy.')
        },
      }),
    }))
    builder.queryField('pickyDays', (t) =>
      t.int({ nullable: true, description: 'Days.', permission: 'account:read', resolve: refuse }),
    )
  },
})

const logged: { readonly msg: string; readonly err?: { readonly message: string } }[] = []
let app: TestApp
let acme: Made
beforeAll(async () => {
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
  app = await createTestApp({ log, plugins: [{ plugin: picky }] })
  acme = await addAccount(app.as('admin'), { name: 'Acme' })
})
afterAll(() => app.close())

/** Reads an account, and returns it with the path, code and message of each error. */
async function ask(selection: string) {
  logged.length = 0
  const { data, errors } = await app
    .as('reader')
    .query(`query ($id: ID!) { account(id: $id) { name ${selection} } }`, { id: acme.id })
  return { account: at(data, 'account'), errors: errors.map(told) }
}

const told = ({
  path,
  message,
  extensions,
}: Awaited<ReturnType<ReturnType<TestApp['as']>['query']>>['errors'][number]) => [
  path?.join('.'),
  extensions?.['code'],
  message,
]

describe('badArgument is the error BAD_USER_INPUT, and no failure of the plugin,', () => {
  it.each([
    ['in `resolve`', 'resolved', 'account.resolved', { resolved: null }],
    ['in `select`', 'selected(days: -1)', 'account.selected', { selected: null }],
    ['in the `query` of a relation', 'branches(days: -1) { name }', 'account.branches', { branches: null }],
    ['in a field of an own type', 'part { days }', 'account.part.days', { part: { days: null } }],
  ])('%s', async (_where, selection, path, values) => {
    const { account, errors } = await ask(selection)
    expect(account).toEqual({ name: 'Acme', ...values })
    expect(errors).toEqual([[path, 'BAD_USER_INPUT', '`days` is negative.']])
    expect(logged).toEqual([])
    expect(await activationOf(app, app.as('admin'), 'picky')).toMatchObject({ strikes: 0 })
  })

  it('in a root query field', async () => {
    const { data, errors } = await app.as('reader').query('{ pickyDays }')
    expect(data).toEqual({ pickyDays: null })
    expect(errors.map(told)).toEqual([['pickyDays', 'BAD_USER_INPUT', '`days` is negative.']])
  })

  it('and does not keep a mutation from being committed', async () => {
    const { data, errors } = await app
      .as('admin')
      .query('mutation { createAccount(input: { name: "New" }) { account { name resolved selected(days: -1) } } }')
    expect(at(data, 'createAccount.account')).toEqual({ name: 'New', resolved: null, selected: null })
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT'])
  })
})

describe('another error of GraphQL that the code of a field throws', () => {
  it('is for the caller when it is FORBIDDEN', async () => {
    expect((await ask('withheld')).errors).toEqual([['account.withheld', 'FORBIDDEN', 'This is not for you.']])
  })

  it('is a failure of the plugin otherwise, and the log has it as the cause', async () => {
    expect((await ask('limited')).errors).toMatchObject([['account.limited', 'PLUGIN_FAILED', expect.any(String)]])
    expect(logged).toMatchObject([{ msg: 'A plugin failed', err: { message: 'The service is busy.' } }])
  })
})
