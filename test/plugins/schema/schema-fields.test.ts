import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount, addContact, type Made } from '../../support/records.ts'
import { openStream } from '../../support/sse.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { lookUps, rating } from '../rating/plugin.ts'

let app: TestApp
let acme: Made

/** A second plugin, whose field returns a record with a field of the first. */
const second = testPlugin('second', {
  permissions: ['*:*'],
  schema(builder, { Account }) {
    builder.prismaObjectField(Account, 'whole', (t) =>
      t.field({
        type: Account,
        nullable: true,
        description: 'The account that it belongs to.',
        select: { parent: { select: { id: true } } },
        resolve: ({ parent }) => parent as never,
      }),
    )
  },
})

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: rating }, { plugin: second }] })
  const admin = app.as('admin')
  acme = await addAccount(admin, {
    name: 'Acme',
    domains: [{ domain: 'acme.example' }, { domain: 'acme.test' }],
    ownerId: encodeId('user', admin.actor.id),
  })
  for (const name of ['Beta', 'Gamma', 'Delta']) await addAccount(admin, { name, parentId: acme.id })
  await addContact(admin, { firstName: 'Ada', lastName: 'Lovelace' })
})
afterAll(() => app.close())
beforeEach(() => {
  lookUps.length = 0
  app.resetStatements()
})

describe('fields of a schema', () => {
  it('are read by the one statement of a list of 200, and look up 200 values in one call', async () => {
    for (const part of [0, 1])
      await app
        .as('admin')
        .must(
          'mutation ($inputs: [CreateAccountInput!]!) { createAccounts(input: { records: $inputs }) { createdCount } }',
          { inputs: Array.from({ length: 100 }, (_, index) => ({ name: `Many ${part * 100 + index}` })) },
        )
    lookUps.length = 0
    app.resetStatements()
    const data = await app.as('reader').must(
      `query ($bonus: Int!) { accounts(first: 200, filter: { name: { contains: "Many" } }) { nodes {
        name rating { points outside } more: rating(bonus: $bonus) { points } shoutedName domainCount boss { displayName }
      } } }`,
      { bonus: 1_000 },
    )
    const nodes = listAt(data, 'accounts.nodes')
    expect(nodes).toHaveLength(200)
    for (const node of nodes) {
      const name = textAt(node, 'name')
      expect(node).toEqual({
        name,
        rating: { points: name.length, outside: name.toUpperCase() },
        more: { points: name.length + 1_000 },
        shoutedName: name.toUpperCase(),
        domainCount: 0,
        boss: null,
      })
    }
    expect(app.statements).toHaveLength(1)
    expect(lookUps.map((keys) => keys.length)).toEqual([200])
  })

  it.each([
    ['', 'compiled'],
    [' __schema { queryType { name } }', 'completed by the executor of the GraphQL library, beside introspection'],
  ])('have own enums, scalars, inputs, interfaces and unions, with the answer %#: %s', async (beside) => {
    const { data, errors } = await app.as('reader').query(
      `query ($id: ID!, $weights: RatingWeights, $isIn: Boolean!) {
        account(id: $id) {
          rating(weights: $weights) { __typename points level stars worth why account { label } skipped: level @include(if: $isIn) }
          low: rating { level }
          ratingThings { __typename ... on Rating { stars } ... on RatingWord { word } }
          scored { __typename points ... on Rating { level } }
          sheet { key } worth { sum: amount currency } ...Names
        }${beside}
      }
      fragment Names on Party { ... on Account { label shoutedName } }`,
      { id: acme.id, weights: { name: 2 }, isIn: false },
    )
    expect(errors).toEqual([])
    expect(at(data, 'account')).toEqual({
      rating: {
        __typename: 'Rating',
        points: 9,
        level: 'HIGH',
        stars: '*********',
        worth: '9.50',
        why: ['Acme', 'admin'],
        account: { label: 'Acme' },
      },
      low: { level: 'LOW' },
      ratingThings: [
        { __typename: 'RatingWord', word: 'Acme' },
        { __typename: 'Rating', stars: '*' },
      ],
      scored: { __typename: 'Rating', points: 5, level: 'HIGH' },
      sheet: { key: 'Acme' },
      worth: { sum: '1.00', currency: 'EUR' },
      label: 'Acme',
      shoutedName: 'ACME',
    })
  })

  it('lead to records by relations, with their own arguments, order and fields', async () => {
    const data = await app.as('reader').must(
      `query ($id: ID!) { node(id: $id) { ... on Account {
        branches(take: 2) { name shoutedName branches(take: 1) { name } }
        like: branches(like: "ELT", take: 5) { name }
        boss { displayName badge }
        domainCount
      } } }`,
      { id: acme.id },
    )
    expect(at(data, 'node')).toEqual({
      branches: [
        { name: 'Gamma', shoutedName: 'GAMMA', branches: [] },
        { name: 'Delta', shoutedName: 'DELTA', branches: [] },
      ],
      like: [{ name: 'Delta' }],
      boss: { displayName: 'admin', badge: '<admin>' },
      domainCount: 1,
    })
    expect(app.statements).toHaveLength(1)
  })

  it('return records whose selection has fields of the same and of another plugin, with one statement for each level', async () => {
    const data = await app.as('reader').must(`{
      accounts(filter: { name: { equals: "Beta" } }) { nodes { rating { account { whole { shoutedName rating { outside } } } } } }
    }`)
    expect(textAt(data, 'accounts.nodes.0.rating.account.whole.shoutedName')).toBe('ACME')
    expect(lookUps).toEqual([['Acme']])
    const reads = app.statements.filter((text) => text.startsWith('select json_build_array'))
    expect(reads).toHaveLength(3)
  })

  it('are root fields, also with records that Prisma finds', async () => {
    const data = await app
      .as('reader')
      .must('{ bestAccounts(like: "eta") { name parent { name } shoutedName } ratingCount }')
    expect(at(data, 'bestAccounts')).toEqual([{ name: 'Beta', parent: { name: 'Acme' }, shoutedName: 'BETA' }])
    expect(Number(at(data, 'ratingCount'))).toBeGreaterThan(3)
  })

  it('are in the payloads of mutations and operations, and a repeated one has the stored values', async () => {
    const fields =
      'name shoutedName rating { level stars outside account { label } } scored { points } worth { amount }'
    const send = () =>
      app
        .as('member')
        .query(
          `mutation { createAccounts(input: { records: [{ name: "Epsilon" }, { name: "Zeta" }] }) { results { account { ${fields} } } userErrors { message } } }`,
          {},
          { 'idempotency-key': 'rated' },
        )
    const first = await send()
    expect(first.errors).toEqual([])
    expect(at(first.data, 'createAccounts.results.0.account')).toEqual({
      name: 'Epsilon',
      shoutedName: 'EPSILON',
      rating: { level: 'HIGH', stars: '*******', outside: 'EPSILON', account: { label: 'Epsilon' } },
      scored: { points: 5 },
      worth: { amount: '1.00' },
    })
    expect(lookUps).toEqual([['Epsilon', 'Zeta']])
    expect((await send()).data).toEqual(first.data)
    expect(lookUps).toHaveLength(1)
  })

  it('are in the events of a subscription, with values of their own for each event', async () => {
    await logSettled(app)
    const stream = await openStream(
      app,
      app.as('reader'),
      'subscription { accountChanged(filter: { name: { startsWith: "Fresh" } }) { account { shoutedName rating { outside level } } } }',
    )
    for (const name of ['Fresh', 'Fresh']) {
      await addAccount(app.as('member'), { name })
      expect(at(await stream.next(), 'data.accountChanged.account')).toEqual({
        shoutedName: 'FRESH',
        rating: { outside: 'FRESH', level: 'HIGH' },
      })
    }
    stream.close()
    expect(lookUps).toEqual([['Fresh'], ['Fresh']])
  })

  it('are on other objects and in interfaces', async () => {
    const data = await app.as('reader').must('{ contacts { nodes { initials } } users { nodes { badge } } }')
    expect(textsAt(data, 'contacts.nodes', 'initials')).toEqual(['AL'])
    expect(textsAt(data, 'users.nodes', 'badge')).toContain('<admin>')
  })

  it('cost by the size of their lists', async () => {
    const costOf = async (selection: string) => {
      const { extensions } = await app
        .as('reader')
        .query(`{ accounts(first: 1) { nodes { ${selection} } } }`, {}, { 'graphql-cost': 'true' })
      return Number(at(extensions, 'cost.requested'))
    }
    const [one, twenty, all] = [
      await costOf('branches(take: 1) { name }'),
      await costOf('branches(take: 20) { name }'),
      await costOf('branches { name }'),
    ]
    expect(twenty - one).toBe(19)
    expect(all - one).toBe(99)
  })
})
