import { afterAll, beforeAll, expect, it } from 'vitest'
import { computed, defineOperation, definePlugin, defineQuery, sql } from '../../../src/plugin.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const moving = definePlugin({
  id: 'moving',
  description: 'Takes leave of its names.',
  version: '1.1.0',
  api: '^1.0.0',
  extend: {
    Account: {
      oldName: computed({
        description: 'The name.',
        deprecated: 'Use `name`.',
        type: 'String',
        value: (account) => sql`${account.column('name')}`,
      }),
    },
  },
  queries: [
    defineQuery({
      name: 'oldAnswer',
      description: 'An answer.',
      deprecated: 'Use `newAnswer`.',
      permission: 'account:read',
      answer: { type: 'Int' },
      run: async () => 42,
    }),
  ],
  operations: [
    defineOperation({
      name: 'doOldThing',
      description: 'Does nothing.',
      deprecated: 'Use `doNewThing`.',
      permission: 'account:update',
      input: { note: { type: 'String', description: 'Anything.' } },
      payload: {},
      run: async () => ({ values: {}, userErrors: [] }),
    }),
  ],
})

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: moving }] })
})
afterAll(() => app.close())

it.each([
  { type: 'Account', field: 'oldName' },
  { type: 'Query', field: 'oldAnswer' },
  { type: 'Mutation', field: 'doOldThing' },
])(
  'a field that a plugin deprecates is marked in the GraphQL schema, with the reason: $type.$field',
  async ({ type, field }) => {
    const data = await app
      .as('reader')
      .must<unknown, object>(
        `{ __type(name: "${type}") { fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }`,
      )
    const fields = at(data, '__type.fields')
    expect(fields).toContainEqual({
      name: field,
      isDeprecated: true,
      deprecationReason: expect.stringMatching(/^Use `/),
    })
  },
)
