import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeCore } from '../../src/core.ts'
import { sql } from '../../src/platform/data/sql.ts'
import { computed, resolved } from '../../src/platform/declare/objects/fields.ts'
import { definePlugin } from '../../src/platform/declare/plugin.ts'
import { createDocuments } from '../../src/server/limits/documents.ts'
import { DEFAULT_LIMITS } from '../../src/server/limits/limits.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { postJson } from '../support/post.ts'

const { schema } = await composeCore()
const documents = createDocuments({ limits: DEFAULT_LIMITS, allowsIntrospection: true, hints: true })

function costOf(query: string, variables: Readonly<Record<string, unknown>> = {}): number | undefined {
  const document = documents.parse(query)
  expect(documents.validate(schema, document)).toEqual([])
  return documents.costOf(schema, document, null)?.points(variables)
}

const NAMES = '{ nodes { name } }'
const FILTER =
  'query ($first: Int = 50, $last: Int, $search: String, $with: Boolean!) { accounts(first: $first, last: $last, search: $search)'

describe('the cost of an operation', () => {
  it.each([
    ['nothing', '{ __typename }', 0],
    ['a record', '{ account(id: "x") { id name createdAt annualRevenue { amount currency } } }', 1],
    ['a record and a record that it refers to', '{ account(id: "x") { owner { displayName } } }', 2],
    ['a page of the default size', `{ accounts ${NAMES} }`, 1 + 25],
    ['a page of a given size', `{ accounts(first: 7) ${NAMES} }`, 1 + 7],
    ['a page from the end', `{ accounts(last: 9) ${NAMES} }`, 1 + 9],
    ['no records', '{ accounts(first: 0) { nodes { owner { id } } } }', 1],
    [
      'a page that is read by its edges',
      '{ accounts(first: 7) { edges { cursor node { id owner { id } } } pageInfo { hasNextPage } } }',
      1 + 7 * 2,
    ],
    ['a count', '{ accounts { totalCount } }', 1 + 10],
    ['a search', `{ accounts(first: 7, search: "x") ${NAMES} }`, 1 + 10 + 7],
    ['a search for null', `{ accounts(first: 7, search: null) ${NAMES} }`, 1 + 7],
    [
      'pages within a page',
      '{ accounts(first: 10) { nodes { contacts(first: 5) { nodes { id } } } } }',
      1 + 10 * (1 + 1 + 5),
    ],
    ['a list without pages', '{ account(id: "x") { ancestors { name } } }', 2],
    ['records below a list without pages', '{ account(id: "x") { ancestors { owner { id } } } }', 2 + 10],
    ['computed values of the subtree', '{ account(id: "x") { subtree { accountCount contactCount } } }', 1 + 2],
    ['records by id', '{ nodes(ids: ["a", "b", "c"]) { id ... on Account { owner { id } } } }', 3 * 2],
    [
      'a write',
      'mutation { deleteAccount(input: { id: "x", version: 1 }) { account { id } userErrors { code } } }',
      10 + 2,
    ],
    [
      'a bulk create',
      'mutation { createAccounts(input: { records: [{ name: "a" }, { name: "b" }] }) { results { account { id owner { id } } } } }',
      2 * (10 + 1 + 2),
    ],
    [
      'the same field in two places, which is read once',
      `{ accounts(first: 7) ${NAMES} accounts(first: 7) { nodes { id } } }`,
      8,
    ],
    [
      'fields that fragments share, which are read once',
      '{ account(id: "x") { ...a ...b ...a } } fragment a on Account { id owner { id } } fragment b on Account { owner { displayName } ...a }',
      2,
    ],
    [
      'a node with a fragment for each of two objects',
      '{ node(id: "x") { ... on Account { owner { id } } ... on Contact { owner { id } } } }',
      3,
    ],
    ['a field that is skipped', `{ accounts(first: 7) @skip(if: true) ${NAMES} }`, 0],
    ['a subscription', 'subscription { changes { cursor actor { displayName } } }', 2],
  ])('is about one point for each record, and 10 more for a write, a search or a count: %s', (_, query, points) =>
    expect(costOf(query)).toBe(points),
  )

  it.each([
    [{ with: false }, 1 + 50],
    [{ first: 3, with: false }, 1 + 3],
    [{ first: null, last: 4, with: false }, 1 + 4],
    [{ first: null, with: false }, 1 + 25],
    [{ first: 1_000_000_000, with: false }, 1 + 200],
    [{ first: -5, with: false }, 1],
    [{ first: 'many', with: false }, 1 + 25],
    [{ first: 3, search: 'x', with: false }, 1 + 10 + 3],
    [{ first: 3, with: true }, 1 + 3 * 2],
  ])('in points, with the variables %j, is %i', (variables, points) => {
    expect(costOf(`${FILTER} { nodes { name owner @include(if: $with) { id } } } }`, variables)).toBe(points)
  })

  it('grows with the number of ids or new records in a variable', () => {
    const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    expect([costOf(nodes, { ids: Array(40).fill('x') }), costOf(nodes, { ids: 'x' }), costOf(nodes)]).toEqual([
      40, 1, 1,
    ])
    const create = 'mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { createdCount } }'
    const records =
      'mutation ($records: [CreateAccountInput!]!) { createAccounts(input: { records: $records }) { createdCount } }'
    const list = Array(1_000).fill({ name: 'x' })
    expect([costOf(create, { input: { records: list } }), costOf(records, { records: list })]).toEqual([10_000, 10_000])
  })

  it('is computed only once for each operation of a document that is sent again', () => {
    const text = `query A { accounts ${NAMES} } query B { contacts(first: 3) { nodes { id } } }`
    const document = documents.parse(text)
    expect(documents.validate(schema, document)).toEqual([])
    expect(documents.parse(`${text}`)).toBe(document)
    const cost = documents.costOf(schema, document, 'A')
    expect(documents.costOf(schema, document, 'A')).toBe(cost)
    expect([cost?.points({}), documents.costOf(schema, document, 'B')?.points({})]).toEqual([26, 4])
    expect([documents.costOf(schema, document, 'C'), documents.costOf(schema, document, null)]).toEqual([null, null])
  })
})

const weighty = definePlugin({
  id: 'weighty',
  description: 'Has fields that cost more.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read'],
  extend: {
    Account: {
      slow: computed({ description: 'Slow.', type: 'Int', isRequired: true, cost: 50, value: () => sql`1` }),
      code: resolved({
        description: 'Code.',
        type: 'Int',
        needs: ['name'],
        cost: 7,
        resolve: (records) => records.map(() => 1),
      }),
      free: computed({ description: 'Free.', type: 'Int', isRequired: true, cost: 0, value: () => sql`1` }),
    },
  },
  queries: [
    {
      name: 'heavy',
      description: 'Heavy.',
      permission: 'account:read',
      cost: 900,
      answer: { type: 'Int' },
      run: async () => 1,
    },
    { name: 'light', description: 'Light.', permission: 'account:read', answer: { type: 'Int' }, run: async () => 1 },
  ],
  operations: [
    {
      name: 'weigh',
      description: 'Weighs.',
      permission: null,
      cost: 300,
      input: { note: { type: 'String', description: 'A note.' } },
      payload: { done: { type: 'Boolean', description: 'Done.' } },
      run: async () => ({ values: { done: true }, userErrors: [] }),
    },
  ],
})

describe('the cost that a plugin declares for its fields, queries and operations', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp({ plugins: [{ plugin: weighty }] })
  })
  afterAll(() => app.close())

  it.each([
    ['{ accounts(first: 10) { nodes { slow } } }', 1 + 10 * 51],
    ['{ accounts(first: 10) { nodes { code free } } }', 1 + 10 * 8],
    ['{ heavy light }', 910],
    ['mutation { weigh(input: {}) { done } }', 300],
  ])('is counted: %s costs %i points', async (query, points) => {
    const { json } = await postJson(app, { query }, { 'graphql-cost': 'true' })
    expect(at(json, 'errors')).toBe(undefined)
    expect(at(json, 'extensions.cost')).toEqual({ requested: points, limit: null, remaining: null })
  })

  it('is in the response only when the request has the header Graphql-Cost', async () => {
    const { json } = await postJson(app, { query: '{ heavy }' })
    expect(json).toEqual({ data: { heavy: 1 } })
  })
})
