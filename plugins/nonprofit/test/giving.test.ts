import { at, errorCodes, listAt, type PluginTestApp, type PluginTestClient, textsAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actOnGift, createContact, createFund, createGift, openApp, TOTALS, totalsOf } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
const year = new Date().getUTCFullYear()

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
})
afterAll(() => app.close())

describe('giving totals', () => {
  it('are sums without rounding, one for each currency, and do not count refunded and deleted gifts', async () => {
    const contactId = await createContact(client)
    await createGift(client, { contactId, amount: '0.1', receivedOn: '2021-03-01' })
    await createGift(client, { contactId, amount: '9007199254740993.01', receivedOn: '2020-02-29' })
    await createGift(client, { contactId, amount: '0.2', receivedOn: '2022-12-31' })
    await createGift(client, { contactId, amount: '5', currency: 'JPY', receivedOn: '2022-01-01' })
    const refunded = await createGift(client, { contactId, amount: '77' })
    expect((await actOnGift(client, 'refundGift', refunded)).userErrors).toEqual([])
    const { id } = await createGift(client, { contactId, amount: '88' })
    await client.must('mutation ($id: ID!) { deleteGift(input: { id: $id }) { userErrors { message } } }', { id })
    expect(await totalsOf(client, contactId)).toEqual([
      {
        currency: 'EUR',
        amount: { amount: '9007199254740993.31', currency: 'EUR' },
        giftCount: 3,
        firstGiftOn: '2020-02-29',
        lastGiftOn: '2022-12-31',
        largestGift: { amount: '9007199254740993.01' },
      },
      {
        currency: 'JPY',
        amount: { amount: '5.00', currency: 'JPY' },
        giftCount: 1,
        firstGiftOn: '2022-01-01',
        lastGiftOn: '2022-01-01',
        largestGift: { amount: '5.00' },
      },
    ])
    expect(await totalsOf(client, await createContact(client))).toEqual([])
  })

  it('of a fund are the sums of the allocations to it', async () => {
    const contactId = await createContact(client)
    const [water, schools] = [await createFund(client, 'WATER'), await createFund(client, 'SCHOOLS')]
    await createGift(client, {
      contactId,
      amount: '10',
      allocations: [
        { fundId: water, amount: '3.3333' },
        { fundId: schools, amount: '6.6667' },
      ],
    })
    await createGift(client, { contactId, amount: '1', allocations: [{ fundId: water, amount: '1' }] })
    const data = await client.must(
      '{ funds(filter: { code: { in: ["WATER", "SCHOOLS"] } }, orderBy: [{ code: ASC }]) { nodes { givingTotals { amount { amount } giftCount } } } }',
    )
    expect(listAt(data, 'funds.nodes')).toEqual([
      { givingTotals: [{ amount: { amount: '6.6667' }, giftCount: 1 }] },
      { givingTotals: [{ amount: { amount: '4.3333' }, giftCount: 2 }] },
    ])
  })

  it('of a filtered list of contacts are read in one SQL statement, together with their gifts', async () => {
    for (const lastName of ['One', 'Two', 'Three'])
      await createGift(client, { contactId: await createContact(client, lastName) })
    app.resetStatements()
    const data = await client.must(
      `{ contacts(first: 100, filter: { hasGivenSince: "${year}-01-01" }) {
        nodes { isDeceased gifts(first: 5) { nodes { allocations { fund { name } } } } givingTotals ${TOTALS} } } }`,
    )
    expect(listAt(data, 'contacts.nodes').length).toBeGreaterThanOrEqual(3)
    expect(app.statements).toHaveLength(1)
  })
})

describe('filters of donors', () => {
  it('find contacts who made a gift since a given day, and lapsed donors, who gave last year and not this year', async () => {
    const donors = { thisYear: `${year}-02-01`, lastYear: `${year - 1}-12-31`, before: `${year - 2}-12-31` }
    const globex = app.as('member', 'globex')
    for (const [lastName, receivedOn] of Object.entries(donors)) {
      const contactId = await createContact(globex, lastName)
      await createGift(globex, { contactId, receivedOn })
    }
    await createContact(globex, 'never')
    const find = async (filter: string) => {
      const data = await globex.must(
        `{ contacts(filter: ${filter}, orderBy: [{ lastName: ASC }]) { nodes { lastName } } }`,
      )
      return textsAt(data, 'contacts.nodes', 'lastName')
    }
    expect(await find(`{ hasGivenSince: "${year - 1}-12-31" }`)).toEqual(['lastYear', 'thisYear'])
    expect(await find('{ isLapsedDonor: true }')).toEqual(['lastYear'])
    expect(await find('{ isLapsedDonor: false }')).toEqual(['before', 'never', 'thisYear'])
    expect(await find(`{ NOT: [{ hasGivenSince: "${year - 5}-01-01" }] }`)).toEqual(['never'])
    expect(await find('{ gifts: { some: { receivedOn: { lt: "' + year + '-01-01" } } } }')).toEqual([
      'before',
      'lastYear',
    ])
  })
})

describe('a user', () => {
  it('cannot read gifts and funds of another workspace', async () => {
    const globex = app.as('member', 'globex')
    const contactId = await createContact(globex, 'Apart')
    const { id } = await createGift(globex, { contactId })
    expect(at(await client.must('query ($id: ID!) { gift(id: $id) { id } }', { id }), 'gift')).toBeNull()
    expect(await totalsOf(globex, contactId)).toHaveLength(1)
    const fundCodesFor = (reader: PluginTestClient) =>
      reader.must('{ funds(first: 100) { nodes { code } } }').then((data) => textsAt(data, 'funds.nodes', 'code'))
    expect(await fundCodesFor(globex)).toEqual(['GENERAL'])
    expect(await fundCodesFor(client)).toContain('WATER')
  })

  it('with read permissions only can read giving totals, and cannot write gifts, funds and deaths', async () => {
    const reader = app.as('reader')
    const contactId = await createContact(client)
    const { id } = await createGift(client, { contactId })
    expect(await totalsOf(reader, contactId)).toHaveLength(1)
    for (const mutation of [
      'refundGift(input: { id: $id, version: 1 }) { userErrors { code } }',
      'deleteGift(input: { id: $id }) { userErrors { code } }',
      'recordDeath(input: { contactId: $id }) { userErrors { code } }',
      'createFund(input: { name: $id, code: "X" }) { userErrors { code } }',
    ])
      expect(
        errorCodes(
          await reader.query(`mutation ($id: ${mutation.includes('name:') ? 'String' : 'ID'}!) { ${mutation} }`, {
            id,
          }),
        ),
      ).toEqual(['FORBIDDEN'])
  })
})
