import { fileURLToPath } from 'node:url'
import type { ObjectDeclaration } from '../../../src/platform/declare/objects/object.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { testPlugin, testRule } from '../guarded-plugin.ts'

/** Folder of the models and migrations of the plugin `shelf`. */
export const SHELF = fileURLToPath(new URL('.', import.meta.url))

type Deed = (context: PluginContext) => Promise<unknown>

const deeds = new Map<string, Deed>()

const book: ObjectDeclaration = {
  model: 'Book',
  prefix: 'book',
  plural: 'books',
  naturalKey: ['library', 'number'],
  columns: { library: {}, number: {}, title: {}, isbn: {}, price: {}, changedAt: {}, status: { input: false } },
  writes: ['create', 'update', 'delete', 'restore'],
}

/** A plugin with an object that is filled from another system, and an operation that runs code of a test. */
export const shelf = testPlugin('shelf', {
  permissions: ['book:read', 'book:create', 'book:update', 'book:delete', 'account:create', 'account:update'],
  objects: [book],
  rules: [
    testRule('shelf.refuses', {
      object: 'Book',
      on: ['create', 'update'],
      before: ({ values }) =>
        values['title'] === 'Forbidden'
          ? {
              refusals: [
                { typename: 'RuleViolation', code: 'NO', message: 'No.', path: ['input', 'title'], rule: 'x' },
              ],
            }
          : undefined,
    }),
  ],
  operations: [
    defineOperation({
      name: 'doShelf',
      description: 'Does what the test says.',
      input: { deed: { type: 'String', isRequired: true, description: 'Which.' } },
      payload: { answer: { type: 'JSON', isNullable: true, description: 'What came of it.' } },
      permission: null,
      run: async ({ deed }, context) => ({
        values: { answer: await deeds.get(deed)?.(context) },
        userErrors: [],
      }),
    }),
  ],
})

/** Runs a function of a test in the plugin's operation for a client. Several calls may run at the same time. */
export async function doShelf(client: TestClient<unknown>, deed: Deed) {
  const name = `deed ${deeds.size}`
  deeds.set(name, deed)
  const { data, errors } = await client.query(
    'mutation($deed: String!) { doShelf(input: { deed: $deed }) { answer userErrors { code message } } }',
    { deed: name },
  )
  return { answer: at(data, 'doShelf.answer'), errors }
}

/** A book as the other system sends it. */
export const bookOf = (number: string, values: object = {}) => ({
  library: 'city',
  number,
  title: `Book ${number}`,
  changedAt: '2026-01-01T00:00:00.000Z',
  ...values,
})

/** The books with a number, as the API returns them. */
export async function booksOf(client: TestClient<unknown>, number: string): Promise<unknown> {
  const data = await client.must(
    'query($number: String!) { books(filter: { number: { equals: $number } }) { nodes { id title version status isbn changedAt } } }',
    { number },
  )
  return at(data, 'books.nodes')
}
