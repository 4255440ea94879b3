import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addRecord, type Made } from '../../support/records.ts'
import { defaultPipeline } from './deals.ts'

let app: TestApp
let won: string
const products: Record<string, Made> = {}
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  won = (await defaultPipeline(member())).stages['Closed won'] ?? ''
  const add = async (name: string, family: string | null, rest: object = {}) => {
    products[name] = await addRecord(app.as('admin'), 'Product', { name, sku: name, family, ...rest })
  }
  for (const name of ['Desk', 'Chair', 'Stool']) await add(name, 'Furniture')
  for (const name of ['Lamp', 'Bulb']) await add(name, 'Light')
  await add('Old lamp', 'Light', { isActive: false })
  await add('Paper', null)
})
afterAll(() => app.close())

const idOf = (name: string) => products[name]?.id ?? ''
const linesOf = (names: readonly string[]) =>
  names.map((name) => ({ productId: idOf(name), quantity: '1', unitPrice: { amount: '1', currency: 'USD' } }))

/** Adds an account that won a deal with some products. */
async function buyer(
  names: readonly string[],
  closedOn = '2026-02-01',
  client: TestClient = member(),
): Promise<string> {
  const { id } = await addAccount(client, { name: `Buys ${names.join(', ')}` })
  await addRecord(client, 'Opportunity', { name: 'Won', accountId: id, stageId: won, closedOn, lines: linesOf(names) })
  return id
}

const QUERY = `query ($accountId: ID, $opportunityId: ID, $first: Int, $months: Int) {
  recommendProducts(accountId: $accountId, opportunityId: $opportunityId, first: $first, months: $months) { product { name } score reasons }
}`
async function answersTo(variables: object, client: Pick<TestClient, 'must'> = member()) {
  const data = await client.must(QUERY, { first: 50, ...variables })
  return at(data, 'recommendProducts') === null ? null : listAt(data, 'recommendProducts')
}
async function ask(variables: object, client?: Pick<TestClient, 'must'>) {
  const answers = await answersTo(variables, client)
  return answers?.map((each) => [textAt(each, 'product.name'), Number(at(each, 'score'))] as const) ?? null
}
const reasons = async (variables: object) =>
  Object.fromEntries(
    (await answersTo(variables))?.map((each) => [textAt(each, 'product.name'), at(each, 'reasons')]) ?? [],
  )

/** What the accounts have bought, as sets: the oracle computes from it what SQL computes from tables. */
type Baskets = readonly ReadonlySet<string>[]

const FAMILIES: Readonly<Record<string, string>> = {
  Desk: 'Furniture',
  Chair: 'Furniture',
  Stool: 'Furniture',
  Lamp: 'Light',
  Bulb: 'Light',
}

/** Scores by the definitions in the description of the query. */
function expected(baskets: Baskets, basket: ReadonlySet<string>): Map<string, number> {
  const all = baskets.filter((each) => each.size > 0)
  const count = (...names: string[]) => all.filter((each) => names.every((name) => each.has(name))).length
  const scores = new Map<string, number>()
  const others = Object.keys({ ...FAMILIES, Paper: '' }).filter((name) => !basket.has(name))
  const families = new Set([...basket].map((name) => FAMILIES[name]))
  const gaps = new Map<string, { name: string; buyers: number }>()
  for (const name of others.toSorted()) {
    for (const owned of basket) {
      const both = count(owned, name)
      const confidence = both / count(owned)
      if (both < 2 || both * all.length <= count(owned) * count(name)) continue
      scores.set(name, Math.max(scores.get(name) ?? 0, confidence))
    }
    const family = FAMILIES[name]
    const buyers = count(name)
    if (family === undefined || families.has(family) || buyers === 0) continue
    if (buyers > (gaps.get(family)?.buyers ?? 0)) gaps.set(family, { name, buyers })
  }
  for (const { name, buyers } of gaps.values()) if (!scores.has(name)) scores.set(name, (0.5 * buyers) / all.length)
  return scores
}

describe('recommended products', () => {
  let account: string
  beforeAll(async () => {
    for (const names of [['Desk', 'Chair'], ['Desk', 'Chair', 'Lamp'], ['Desk', 'Lamp'], ['Stool']]) await buyer(names)
    account = await buyer(['Desk'])
  })

  it('say why, in numbers', async () => {
    expect(await reasons({ accountId: account })).toEqual({
      Chair: ['2 of the 4 accounts that bought Desk bought it too (50 %), 1.3 times as many as of all accounts.'],
      Lamp: [
        '2 of the 4 accounts that bought Desk bought it too (50 %), 1.3 times as many as of all accounts.',
        'Nothing of the family Light was bought: 2 of 5 accounts with won deals bought this product (40 %).',
      ],
    })
  })

  it('start from the lines of an opportunity too, and leave these out', async () => {
    const { id } = await addRecord(member(), 'Opportunity', {
      name: 'Open',
      accountId: account,
      lines: linesOf(['Chair']),
    })
    expect((await ask({ opportunityId: id }))?.map(([name]) => name)).toEqual(['Lamp'])
  })

  it('respect what products require and exclude', async () => {
    const { id, version } = await addRecord(app.as('admin'), 'Product', { name: 'Screen', sku: 'Screen' })
    products['Screen'] = { id, version }
    const constraints = [
      { kind: 'REQUIRES', otherId: idOf('Bulb') },
      { kind: 'EXCLUDES', otherId: idOf('Lamp') },
    ]
    await app
      .as('admin')
      .must('mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { product { id } } }', {
        input: { id, version, constraints },
      })
    const deal = await addRecord(member(), 'Opportunity', {
      name: 'Open',
      accountId: account,
      lines: linesOf(['Screen']),
    })
    expect(await ask({ opportunityId: deal.id })).toEqual([
      ['Bulb', 1],
      ['Chair', 0.5],
    ])
    expect(await reasons({ opportunityId: deal.id })).toMatchObject({ Bulb: ['Screen requires it.'] })
  })

  it('count the months that are asked for only', async () => {
    const old = await buyer(['Paper'], '2025-01-01')
    await buyer(['Paper', 'Bulb'], '2025-01-02')
    await buyer(['Paper', 'Bulb'], '2025-01-03')
    const names = async (months: number) => (await ask({ accountId: old, months }))?.map(([name]) => name)
    expect(await names(24)).toContain('Bulb')
    expect(await names(12)).not.toContain('Bulb')
  })

  it('are one statement, which reads lines of the months that are asked for only', async () => {
    app.resetStatements()
    await ask({ accountId: account })
    expect(app.statements.filter((text) => /opportunity_lines/.test(text))).toHaveLength(1)
  })

  it('are empty without won deals, and null for what does not exist', async () => {
    const elsewhere = app.as('member', 'globex')
    const { id } = await addAccount(elsewhere, { name: 'New' })
    expect(await ask({ accountId: id }, elsewhere)).toEqual([])
    expect(await ask({ accountId: account }, elsewhere)).toBeNull()
    expect(await ask({ opportunityId: account })).toBeNull()
  })

  it('refuse arguments that make no sense', async () => {
    for (const variables of [
      {},
      { accountId: account, opportunityId: account },
      { accountId: account, first: 0 },
      { accountId: account, months: 121 },
    ])
      expect(errorCodes(await member().query(QUERY, variables))).toEqual(['BAD_USER_INPUT'])
  })

  it('come from deals that the caller sees, and need all fields that they tell of', async () => {
    const read = ['account:read', 'product:read'] as const
    const blind = await userWho(app, [...read, 'opportunity:read@own'])
    expect(await ask({ accountId: account }, blind)).toEqual([])
    const partly = await userWho(app, [...read, 'opportunity.lines:read', 'opportunity.account:read'])
    expect(errorCodes(await partly.query(QUERY, { accountId: account }))).toEqual(['FORBIDDEN'])
  })
})

it('scores by support, confidence and lift, and fills gaps of families: as counting sets by hand gives', async () => {
  const names = [...Object.keys(FAMILIES), 'Paper']
  const set = fc.subarray(names, { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fc.array(set, { minLength: 3, maxLength: 8 }), async (bought) => {
      const client = await userWho(app, [
        'opportunity:read@own',
        'opportunity:create',
        'account:*',
        'product:read',
        'stage:read',
        'pipeline:read',
      ])
      const ids: string[] = []
      for (const basket of bought) ids.push(await buyer(basket, '2026-02-01', client))
      const baskets = bought.map((each) => new Set(each))
      for (const [index, id] of ids.entries()) {
        const answer = await ask({ accountId: id }, client)
        const scores = expected(baskets, baskets[index] ?? new Set())
        expect(new Map(answer?.map(([name, score]) => [name, Math.round(score * 1e9)]))).toEqual(
          new Map([...scores].map(([name, score]) => [name, Math.round(score * 1e9)])),
        )
        expect(answer).toEqual(answer?.toSorted(([one, a], [other, b]) => b - a || one.localeCompare(other)))
      }
    }),
    { numRuns: 6 },
  )
})
