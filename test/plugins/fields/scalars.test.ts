import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { defineOperation } from '../../../src/platform/declare/rules/operation.ts'
import { defineScalar } from '../../../src/platform/declare/scalar.ts'
import { at, textAt, textsAt } from '../../../src/testing/answers.ts'
import { importRecords, outcomesOf } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { HOMES, homes } from '../homes/plugin.ts'
import { composer, one, thing } from '../schema/compose-plugins.ts'

const code = defineScalar({
  name: 'HouseCode',
  description: 'Two letters and digits, such as `HH12`.',
  input: z
    .string()
    .transform((text) => text.replaceAll(' ', '').toUpperCase())
    .pipe(z.string().regex(/^[A-Z]{2}\d+$/, 'Write two letters and digits.')),
  example: 'HH12',
})

const [household] = homes.objects
const plugin = {
  ...homes,
  scalars: [code],
  objects: [{ ...household, columns: { ...household.columns, name: { scalar: 'HouseCode' } } }],
  queries: [
    defineQuery({
      name: 'nextHouseCode',
      description: 'The code after a code.',
      permission: 'household:read',
      args: { after: { type: 'HouseCode', isRequired: true, description: 'A code.' } },
      answer: { type: 'HouseCode' },
      run: async ({ after }) => (after === 'NO1' ? 1 : `${String(after)}0`),
    }),
  ],
  operations: [
    defineOperation({
      name: 'settleHouse',
      description: 'Creates a household.',
      permission: 'household:create',
      input: { codes: { type: 'HouseCode', isList: true, isRequired: true, description: 'Codes.' } },
      payload: { codes: { type: 'HouseCode', isList: true, description: 'The codes.' } },
      run: async ({ codes }, { records }) => {
        for (const name of codes) await records.create('Household', { name })
        return { values: { codes }, userErrors: [] }
      },
    }),
  ],
}

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin, directory: HOMES }] })
})
afterAll(() => app.close())

const CREATE = 'mutation ($name: HouseCode!) { createHousehold(input: { name: $name }) { household { name } } }'
const FIND =
  'query ($filter: HouseholdFilter) { households(filter: $filter, orderBy: [{ name: ASC }]) { nodes { name } } }'
const namesOf = async (filter: object) =>
  textsAt(await app.as('reader').must(FIND, { filter }), 'households.nodes', 'name')

describe('a scalar that a plugin declares', () => {
  it('normalises and checks the values of a column, of variables and of literals', async () => {
    const made = await app.as('member').must(CREATE, { name: 'hh 12' })
    expect(textAt(made, 'createHousehold.household.name')).toBe('HH12')
    const literal = 'mutation { createHousehold(input: { name: "hh 13" }) { household { name } } }'
    expect(textAt(await app.as('member').must(literal), 'createHousehold.household.name')).toBe('HH13')
    for (const query of [CREATE.replace('$name }', '"12" }').replace('($name: HouseCode!)', ''), CREATE]) {
      const { errors } = await app.as('member').query(query, query === CREATE ? { name: '12' } : {})
      expect(errors).toMatchObject([
        { message: expect.stringContaining('Write two letters and digits.'), extensions: { code: 'BAD_USER_INPUT' } },
      ])
    }
  })

  it('has the filter operators of texts, of which those for whole values normalise them', async () => {
    await app.as('member').must(CREATE, { name: 'FF7' })
    expect(await namesOf({ name: { equals: 'ff 7' } })).toEqual(['FF7'])
    expect(await namesOf({ name: { in: ['ff7', 'hh12'] } })).toEqual(['FF7', 'HH12'])
    expect(await namesOf({ name: { startsWith: 'H' } })).toEqual(['HH12', 'HH13'])
    expect(await namesOf({ name: { gt: 'G', not: { equals: 'hh13' } } })).toEqual(['HH12'])
    expect(await namesOf({ name: { contains: 'f', mode: 'INSENSITIVE' } })).toEqual(['FF7'])
  })

  it('is a type of arguments, answers, inputs and payloads', async () => {
    const next = 'query ($after: HouseCode!) { nextHouseCode(after: $after) }'
    expect(await app.as('reader').must(next, { after: 'aa 1' })).toEqual({ nextHouseCode: 'AA10' })
    const { errors } = await app.as('reader').query(next, { after: 'NO1' })
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'homes' })
    const settle = 'mutation { settleHouse(input: { codes: ["ss 1", "SS2"] }) { codes userErrors { code } } }'
    expect(await app.as('member').must(settle)).toEqual({ settleHouse: { codes: ['SS1', 'SS2'], userErrors: [] } })
    expect(await namesOf({ name: { startsWith: 'SS' } })).toEqual(['SS1', 'SS2'])
  })

  it('checks the cells of an imported file', async () => {
    const columns = [{ column: 'name', field: 'name' }]
    const order = { object: 'Household', csv: 'name\nii 1\n1\n', columns, errorPolicy: 'REJECT_FAILED' }
    const payload = await importRecords(app.as('member'), order)
    expect(outcomesOf(payload)).toEqual(['2 CREATED', '3 FAILED'])
    expect(textAt(payload, 'results.1.userErrors.0.message')).toContain('Write two letters and digits.')
    expect(await namesOf({ name: { equals: 'II1' } })).toEqual(['II1'])
    expect(at(payload, 'failedCount')).toBe(1)
  })
})

describe('composing a plugin is refused for', () => {
  const scalar = (name: string) => ({ ...code, name })
  const withColumn = (options: object) => ({ objects: [thing('one', { columns: { name: options } })] })

  it.each([
    ['a scalar named like a scalar of the platform', { scalars: [scalar('Decimal')] }, /Decimal.*core and one/],
    [
      'a scalar that refuses its own example',
      { scalars: [{ ...code, example: '12' }] },
      /one: the scalar HouseCode does not accept its own example: Write two letters and digits/,
    ],
    ['a scalar named like an object', { scalars: [scalar('Account')] }, /Account/],
    [
      'a column with an unknown scalar',
      withColumn({ scalar: 'Iban' }),
      /one: OneThing\.name has the scalar Iban, which no plugin declares/,
    ],
    [
      'a column that is not a text',
      { scalars: [code], objects: [thing('one', { columns: { accountId: { scalar: 'HouseCode' } } })] },
      /one: OneThing\.accountId has the scalar HouseCode, and its column is not a text/,
    ],
  ])('%s', async (_what, parts, message) => {
    const compose = await composer()
    expect(() => compose(one(parts))).toThrow(message)
  })
})
