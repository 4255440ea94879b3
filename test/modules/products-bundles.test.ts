import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRecord, type Made } from '../support/records.ts'

let app: TestApp
let parts: Readonly<Record<'frame' | 'oak' | 'steel' | 'arms' | 'wheels' | 'carpet', Made>>
let bundle: Made

const boss = () => app.as('admin')
let skus = 0
const addProduct = (name: string, input: object = {}) =>
  addRecord(boss(), 'Product', { name, sku: `B-${++skus}`, ...input })

/** A desk with a frame, one of two tops, and extras. Wheels require the steel top, a carpet excludes them. */
beforeAll(async () => {
  app = await createTestApp()
  const [frame, oak, steel, arms] = await Promise.all(
    ['Frame', 'Oak top', 'Steel top', 'Arms'].map((name) => addProduct(name)),
  )
  if (!frame || !oak || !steel || !arms) throw new Error('There are four products.')
  const wheels = await addProduct('Wheels', { constraints: [{ kind: 'REQUIRES', otherId: steel.id }] })
  const carpet = await addProduct('Carpet', { constraints: [{ kind: 'EXCLUDES', otherId: wheels.id }] })
  parts = { frame, oak, steel, arms, wheels, carpet }
  bundle = await addProduct('Desk', {
    kind: 'BUNDLE',
    optionGroups: [{ name: 'Top', minimum: 1, maximum: 1 }],
    options: [
      { productId: frame.id, isRequired: true },
      { productId: oak.id, groupName: 'Top', isDefault: true },
      { productId: steel.id, groupName: 'Top' },
      { productId: arms.id, isDefault: true, defaultQuantity: '2', minimumQuantity: '2', maximumQuantity: '4' },
      { productId: wheels.id, defaultQuantity: '4' },
      { productId: carpet.id },
    ],
  })
})
afterAll(() => app.close())

const CONFIGURE = `query ($productId: ID!, $choices: [ProductChoiceInput!]) {
  configureProduct(productId: $productId, choices: $choices) {
    isValid
    lines { product { name } quantity rule }
    decisions { rule isChosen product { name } other { name } description }
    violations { rule product { name } other { name } group message }
  }
}`
type Name = keyof typeof parts
const ask = (
  choices: Partial<Record<Name, string | null>>,
  client: Pick<ReturnType<TestApp['as']>, 'query'> = app.as('reader'),
) =>
  client.query(CONFIGURE, {
    productId: bundle.id,
    choices: Object.entries(choices).map(([name, quantity]) => ({ productId: parts[name as Name].id, quantity })),
  })
async function configured(choices: Partial<Record<Name, string | null>>) {
  const { data, errors } = await ask(choices)
  expect(errors).toEqual([])
  const answer = at(data, 'configureProduct')
  return {
    isValid: at(answer, 'isValid'),
    lines: listAt(answer, 'lines').map((line) => [
      textAt(line, 'product.name'),
      at(line, 'quantity'),
      at(line, 'rule'),
    ]),
    decisions: listAt(answer, 'decisions').map((each) => textAt(each, 'description')),
    violations: listAt(answer, 'violations').map((each) => textAt(each, 'message')),
  }
}

describe('configureProduct', () => {
  it('adds required and default options to no choices', async () => {
    expect(await configured({})).toEqual({
      isValid: true,
      lines: [
        ['Frame', '1.00', 'REQUIRED'],
        ['Oak top', '1.00', 'DEFAULT'],
        ['Arms', '2.00', 'DEFAULT'],
      ],
      decisions: [
        'Frame is a part of every configuration.',
        'Oak top is the default of Top.',
        'Arms was added by default.',
      ],
      violations: [],
    })
  })

  it('adds what a choice requires instead of a default', async () => {
    expect(await configured({ wheels: null, arms: '0' })).toEqual({
      isValid: true,
      lines: [
        ['Frame', '1.00', 'REQUIRED'],
        ['Steel top', '1.00', 'REQUIRES'],
        ['Wheels', '4.00', 'CHOICE'],
      ],
      decisions: [
        'Wheels was chosen.',
        'Arms was left out.',
        'Frame is a part of every configuration.',
        'Steel top was added because Wheels requires it.',
      ],
      violations: [],
    })
  })

  it('explains each violation, and does not change the choices', async () => {
    const { isValid, lines, violations } = await configured({
      wheels: '4',
      carpet: '1',
      oak: '1',
      arms: '5',
      frame: '0',
    })
    expect(isValid).toBe(false)
    expect(lines.map(([name]) => name)).toEqual(['Oak top', 'Arms', 'Wheels', 'Carpet'])
    expect(violations).toEqual([
      'Frame is a part of every configuration. Add it.',
      'The quantity of Arms is at most 4.',
      'Wheels requires Steel top. Add it, or leave Wheels out.',
      "Carpet can't be combined with Wheels. Leave one of them out.",
    ])
  })

  it('is null for a product that is no bundle, and one that does not exist', async () => {
    for (const productId of [parts.oak.id, bundle.id.replace(/.{4}$/, '0000'), 'x'])
      expect(await app.as('reader').must(CONFIGURE, { productId })).toEqual({ configureProduct: null })
  })

  it('refuses a negative quantity', async () => {
    const choices = [{ productId: parts.oak.id, quantity: '-1' }]
    const { errors } = await app.as('reader').query(CONFIGURE, { productId: bundle.id, choices })
    expect(errors.map(({ message }) => message)).toEqual(['`choices.0.quantity` must not be negative.'])
  })

  it('needs the permission to read products with their options', async () => {
    expect(errorCodes(await ask({}, await userWho(app, ['product:read'])))).toEqual([])
    const blind = await userWho(app, ['product.name:read', 'product.kind:read', 'product.options:read'])
    expect(errorCodes(await ask({}, blind))).toEqual(['FORBIDDEN'])
  })

  it('takes seven statements, for a bundle of any size', async () => {
    app.resetStatements()
    await configured({})
    // The bundle, its groups, options, their products, constraints, the other products of these; and the answer's records.
    expect(app.statements).toHaveLength(7)
  })
})

describe('a bundle', () => {
  it.each([
    [{ kind: 'GOODS', options: [{}] }, ['kind']],
    [{ options: [{ groupName: 'Nowhere' }] }, ['options', '0', 'groupName']],
    [{ options: [{}, {}] }, ['options', '1', 'productId']],
    [{ options: [{ defaultQuantity: '0' }] }, ['options', '0', 'defaultQuantity']],
    [{ options: [{ minimumQuantity: '2' }] }, ['options', '0', 'minimumQuantity']],
    [{ options: [{ maximumQuantity: '0.5' }] }, ['options', '0', 'maximumQuantity']],
    [{ optionGroups: [{ name: 'A', minimum: 2, maximum: 1 }] }, ['optionGroups', '0', 'maximum']],
    [{ optionGroups: [{ name: 'A' }, { name: 'A' }] }, ['optionGroups', '1', 'name']],
  ])('is refused with %j', async (input, path) => {
    const options =
      'options' in input ? input.options?.map((option) => ({ productId: parts.oak.id, ...option })) : undefined
    const data = await boss().must(
      'mutation ($input: CreateProductInput!) { createProduct(input: $input) { product { id } userErrors { code path } } }',
      { input: { name: 'Bad', sku: `BAD-${++skus}`, kind: 'BUNDLE', ...input, options } },
    )
    expect(at(data, 'createProduct')).toEqual({
      product: null,
      userErrors: [{ code: 'INVALID', path: ['input', ...path] }],
    })
  })

  it('keeps the groups of its options, and its kind as long as it has options', async () => {
    const update = async (input: object) =>
      at(
        await boss().must(
          'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { userErrors { path } } }',
          { input: { ...bundle, ...input } },
        ),
        'updateProduct.userErrors',
      )
    expect(await update({ optionGroups: [] })).toEqual([{ path: ['input', 'optionGroups'] }])
    expect(await update({ kind: 'GOODS' })).toEqual([{ path: ['input', 'kind'] }])
  })
})
