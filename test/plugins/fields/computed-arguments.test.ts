import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed, group, many } from '../../../src/platform/declare/objects/fields.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { createApiKey } from '../../../src/platform/identity/api-keys.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { postJson } from '../../support/post.ts'
import { testPlugin, tryAccount } from '../guarded-plugin.ts'
import { composer, one } from '../schema/compose-plugins.ts'

const asOf = { type: 'Date', description: 'A day.' } as const

const age = computed({
  description: 'Days from the first of 2024 to a day.',
  type: 'Int',
  isRequired: true,
  args: { asOf: { ...asOf, isRequired: true } },
  value: (_account, args) => sql`${args.asOf}::date - date '2024-01-01'`,
})

const owed = computed({
  description: 'An amount in a currency; none without a currency.',
  type: 'Money',
  args: {
    currency: { type: 'CurrencyCode', description: 'The currency.' },
    factors: { type: 'Decimal', isList: true, description: 'Factors.' },
    note: { type: 'String', description: 'A text.', permission: 'task:read' },
  },
  value: (_account, { currency, factors }) =>
    sql`select sum(f::numeric * 1.5000) as amount, ${currency ?? null}::text as currency from unnest(${factors ?? ['1']}::text[]) f`,
})

const total = { type: 'Money', isNullable: true, description: 'A sum.' } as const
const amountIn = { amount: { type: 'Decimal', isRequired: true, description: 'The amount.' } } as const

const plugin = testPlugin('owing', {
  extend: {
    Account: {
      age,
      owed,
      owing: group({ name: 'Owing', description: 'What it owes.', fields: { age, owed } }),
    },
  },
  queries: [
    defineQuery({
      name: 'owingTotals',
      description: 'Sums.',
      permission: 'account:read',
      args: amountIn,
      answer: { type: 'Money', isList: true },
      run: async ({ amount }) => [
        { amount, currency: 'EUR' },
        { amount: '12.5000', currency: 'USD' },
        { amount: 7, currency: 'EUR' },
      ],
    }),
  ],
  operations: [
    defineOperation({
      name: 'settleOwing',
      description: 'Settles.',
      permission: null,
      input: amountIn,
      payload: {
        total,
        parts: {
          isList: true,
          description: 'Parts.',
          type: { name: 'OwingPart', description: 'A part.', fields: { total } },
        },
      },
      run: async ({ amount }) => ({
        values: { total: { amount, currency: 'EUR' }, parts: [{ total: { amount, currency: 'USD' } }] },
        userErrors: [],
      }),
    }),
  ],
})

describe('arguments of computed fields', () => {
  let app: TestApp
  let id: string
  beforeAll(async () => {
    app = await createTestApp({ plugins: [{ plugin }] })
    id = textAt(await tryAccount(app.as('member'), { name: 'Acme' }), 'account.id')
  })
  afterAll(() => app.close())

  it('give each alias its own value, also in a group and for Money, in one statement', async () => {
    const query = `query ($id: ID!, $on: Date!) { account(id: $id) {
      first: age(asOf: "2024-01-02") later: age(asOf: $on)
      euros: owed(currency: EUR, factors: ["1", "2"]) { amount currency } nothing: owed { amount }
      owing { age(asOf: $on) owed(currency: USD) { __typename amount sum: amount } }
    } }`
    app.resetStatements()
    expect(at(await app.as('member').must(query, { id, on: '2024-03-01' }), 'account')).toEqual({
      first: 1,
      later: 60,
      euros: { amount: '4.50', currency: 'EUR' },
      nothing: null,
      owing: { age: 60, owed: { __typename: 'Money', amount: '1.50', sum: '1.50' } },
    })
    expect(app.statements.length).toBe(1)
  })

  it('are checked by the schema, and a text that PostgreSQL can not store is refused', async () => {
    const errorsOf = async (field: string, variables: object = {}) => {
      const query = `query ($id: ID!, $note: String) { account(id: $id) { ${field} } }`
      const { errors } = await app.as('member').query(query, { id, ...variables })
      return errors?.map(({ extensions }) => extensions?.['code'])
    }
    expect(await errorsOf('owed(note: $note) { amount } age')).toEqual(['BAD_USER_INPUT'])
    expect(await errorsOf('owed(note: $note) { amount } age(asOf: "soon")')).toEqual(['BAD_USER_INPUT'])
    expect(await errorsOf('owed(note: $note) { amount }', { note: 'a\u0000' })).toEqual(['BAD_USER_INPUT'])
  })

  it('with a permission are refused for a caller who lacks it, and accepted when they are null', async () => {
    const { workspaceId } = app.as('admin').actor
    await app.database.ownerPool.query(
      `insert into roles (workspace_id, id, name, permissions) values ($1, gen_random_uuid(), 'narrow', '{account:read}')`,
      [workspaceId],
    )
    const { secret } = await createApiKey(app.database.ownerPool, { workspaceId, name: 'narrow', roleName: 'narrow' })
    const query = 'query ($id: ID!, $note: String) { account(id: $id) { owed(currency: EUR, note: $note) { amount } } }'
    const narrow = app.withCredential(secret)
    const { errors } = await narrow.query(query, { id, note: 'a' })
    expect(errors?.[0]?.message).toBe(
      'The argument note of Account.owed needs the permission task:read. Ask an administrator of the workspace.',
    )
    for (const [client, note] of [
      [narrow, null],
      [app.as('member'), 'a'],
    ] as const)
      expect(at(await client.must(query, { id, note }), 'account.owed.amount')).toBe('1.50')
  })

  it('cost as much for each alias as a field without arguments', async () => {
    const query = `query ($id: ID!) { account(id: $id) { a: age(asOf: "2024-01-02") b: age(asOf: "2024-01-03") } }`
    const { json } = await postJson(app, { query, variables: { id } }, { 'graphql-cost': 'true' })
    expect(at(json, 'extensions.cost.requested')).toBe(3)
  })

  it('of the type Money are returned by queries and operations, with at least two decimal places', async () => {
    const query = 'query ($amount: Decimal!) { owingTotals(amount: $amount) { amount currency } }'
    const totals = (amount: string) => app.as('member').query(query, { amount })
    expect((await totals('1.5')).data).toEqual({
      owingTotals: [
        { amount: '1.50', currency: 'EUR' },
        { amount: '12.50', currency: 'USD' },
        { amount: '7.00', currency: 'EUR' },
      ],
    })
    const settle = `mutation { settleOwing(input: { amount: "-3" }) {
      total { amount currency } parts { total { currency amount } } userErrors { code }
    } }`
    expect(await app.as('member').must(settle)).toEqual({
      settleOwing: {
        total: { amount: '-3.00', currency: 'EUR' },
        parts: [{ total: { currency: 'USD', amount: '-3.00' } }],
        userErrors: [],
      },
    })
  })
})

describe('composing a plugin is refused for', () => {
  const score = (parts: Partial<Parameters<typeof computed>[0]>) =>
    computed({ type: 'Int', description: 'S.', value: () => sql`1`, ...parts })

  it.each<[string, Partial<Plugin>, RegExp]>([
    [
      'a list that is ordered by a computed field with arguments',
      {
        extend: {
          Contact: { score: score({ args: { asOf } }) },
          Account: {
            people: many({
              description: 'W.',
              object: 'Contact',
              by: 'owner',
              defaultOrder: [{ field: 'score', direction: 'ASC' }],
            }),
          },
        },
      },
      /one: Account\.people is ordered by score, which is a computed field with arguments\. .*columns and amounts of money/,
    ],
    [
      'an argument of an unknown type',
      { extend: { Account: { score: score({ args: { on: { type: 'Dat', description: 'O.' } } }) } } },
      /the argument on of score has the type Dat, which the schema does not have. Did you mean Date/,
    ],
    [
      'SQL that checks what is visible only while an optional argument is absent',
      {
        reads: ['contacts'],
        extend: {
          Account: {
            score: score({
              args: { asOf },
              value: (_record, args) => (args['asOf'] ? sql`(select count(*)::int from contacts)` : sql`1`),
            }),
          },
        },
      },
      /one: the SQL of Account\.score reads contacts without checking/,
    ],
  ])('%s', async (_what, parts, message) => {
    const compose = await composer()
    expect(() => compose(one(parts))).toThrow(message)
  })
})
