import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineOperation, definePlugin, z } from '../../../src/plugin.ts'
import { createPluginTestApp, type PluginTestApp } from '../../../src/testing/plugin-app.ts'

const line = {
  name: 'PriceLineInput',
  description: 'A line.',
  fields: {
    amount: { type: 'Int', isRequired: true, description: 'Amount.', schema: z.int().min(1, 'At least 1.') },
    note: { type: 'String', description: 'Note.', schema: z.string().trim().max(5, 'At most 5 characters.') },
  },
} as const

const plugin = definePlugin({
  id: 'pricing',
  description: 'Adds prices up.',
  version: '1.0.0',
  api: '^1.0.0',
  operations: [
    defineOperation({
      name: 'addPrices',
      description: 'Adds prices up.',
      permission: null,
      input: {
        lines: {
          type: line,
          isList: true,
          isRequired: true,
          description: 'Lines.',
          schema: z.array(z.object({ amount: z.number(), note: z.string().nullish() })).max(2, 'At most 2 lines.'),
        },
        factor: {
          type: 'Int',
          defaultValue: 1,
          description: 'Factor.',
          schema: z.int().refine((factor) => {
            if (factor === 13) throw new Error('Bad luck.')
            return factor < 100
          }, 'Below 100.'),
        },
      },
      payload: {
        sum: { type: 'Int', isNullable: true, description: 'The sum.' },
        notes: { type: 'String', isList: true, description: 'The notes.' },
      },
      run: async ({ lines, factor }) => ({
        values: {
          sum: lines.reduce((sum, { amount }) => sum + amount, 0) * (factor ?? 0),
          notes: lines.flatMap(({ note }) => note ?? []),
        },
        userErrors: [],
      }),
    }),
  ],
})

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin }], quarantine: true })
})
afterAll(() => app.close())

const document = `mutation ($input: AddPricesInput!) {
  addPrices(input: $input) { sum notes userErrors { __typename code message path } }
}`
const addPrices = (input: object) => app.as('member').must(document, { input })
const refusal = (message: string, ...path: string[]) => ({
  __typename: 'InvalidInputError',
  code: 'INVALID',
  message,
  path: ['input', ...path],
})

describe('the schemas of the fields of an operation', () => {
  it('pass on the values that they return, the default value, and null as it is', async () => {
    const lines = [{ amount: 2, note: '  a  ' }, { amount: 3 }]
    expect(await addPrices({ lines })).toEqual({ addPrices: { sum: 5, notes: ['a'], userErrors: [] } })
    expect(await addPrices({ lines, factor: 2 })).toMatchObject({ addPrices: { sum: 10 } })
    expect(await addPrices({ lines: [{ amount: 1, note: null }], factor: null })).toEqual({
      addPrices: { sum: 0, notes: [], userErrors: [] },
    })
  })

  it('refuse each value that does not match at its path, and more than three refusals are no failure of the plugin', async () => {
    for (let index = 0; index < 4; index++)
      expect(await addPrices({ lines: [{ amount: 0, note: 'long note' }, { amount: -5 }], factor: 100 })).toEqual({
        addPrices: {
          sum: null,
          notes: [],
          userErrors: [
            refusal('At least 1.', 'lines', '0', 'amount'),
            refusal('At most 5 characters.', 'lines', '0', 'note'),
            refusal('At least 1.', 'lines', '1', 'amount'),
            refusal('Below 100.', 'factor'),
          ],
        },
      })
    const many = Array.from({ length: 3 }, () => ({ amount: 1 }))
    expect(await addPrices({ lines: many })).toMatchObject({
      addPrices: { userErrors: [refusal('At most 2 lines.', 'lines')] },
    })
    expect(await app.as('admin').must('{ plugins { id status } }')).toEqual({
      plugins: expect.arrayContaining([{ id: 'pricing', status: 'ENABLED' }]),
    })
  })

  it('are code of the plugin: an error that one throws is a failure of the plugin', async () => {
    const { errors } = await app.as('member').query(document, { input: { lines: [], factor: 13 } })
    expect(errors).toMatchObject([{ path: ['addPrices'], extensions: { code: 'PLUGIN_FAILED' } }])
  })
})
