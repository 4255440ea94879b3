import { afterAll, beforeAll, expect, it } from 'vitest'
import { resolved } from '../../src/platform/declare/objects/fields.ts'
import { PRODUCTION } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { testPlugin } from '../plugins/guarded-plugin.ts'
import { rating } from '../plugins/rating/plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'

const loud = testPlugin('loud', {
  extend: {
    Account: {
      loud: resolved({
        description: 'The name, in capitals.',
        type: 'String',
        needs: ['name'],
        resolve: (records) => records.map(({ name }) => String(name).toUpperCase()),
      }),
    },
  },
})

let app: TestApp
let hardened: TestApp
beforeAll(async () => {
  const plugins = [{ plugin: rating }, { plugin: loud }]
  app = await createTestApp({ plugins })
  hardened = await createTestApp({ plugins, settings: PRODUCTION })
  for (const name of ['Acme', 'Globex']) await addAccount(app.as('admin'), { name })
})
afterAll(async () => {
  await app.close()
  await hardened.close()
})

async function explain(server: TestApp, query: string, extensions: unknown): Promise<unknown> {
  const response = await server.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.as('admin').token}` },
      body: JSON.stringify({ query, extensions }),
    }),
  )
  return at(await response.json(), 'extensions.explain')
}

const QUERY = '{ accounts { nodes { name rating { account { shoutedName } } twice: shoutedName loud } } }'
const milliseconds = expect.any(Number)

it('a request that asks for it gets its number of statements, and what code computed after them', async () => {
  expect(await explain(app, QUERY, { explain: true })).toEqual({
    statements: 2,
    computed: [
      { plugin: 'loud', field: 'Account.loud', values: 2, calls: 1, milliseconds },
      { plugin: 'rating', field: 'Account.rating', values: 2, calls: 2, milliseconds },
      { plugin: 'rating', field: 'Account.shoutedName', values: 4, calls: 4, milliseconds },
    ],
  })
  expect(await explain(app, '{ accounts { nodes { name label } } }', { explain: true })).toMatchObject({
    statements: 1,
  })
})

it('a mutation has one too', async () => {
  const explanation = await explain(
    app,
    'mutation { createAccount(input: { name: "New" }) { account { shoutedName } } }',
    { explain: true },
  )
  expect(at(explanation, 'computed')).toEqual([
    { plugin: 'rating', field: 'Account.shoutedName', values: 1, calls: 1, milliseconds },
  ])
  expect(Number(at(explanation, 'statements'))).toBeGreaterThan(1)
})

it.each([undefined, null, {}, { explain: 'yes' }, 'explain'])(
  'a request with the extensions %j has none',
  async (extensions) => {
    expect(await explain(app, QUERY, extensions)).toBeUndefined()
  },
)

it('a server without hints gives none', async () => {
  expect(await explain(hardened, '{ accounts { nodes { name } } }', { explain: true })).toBeUndefined()
})
