import { at, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actOnGift, createContact, createFund, createGift, openApp, totalsOf, tryGift } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let contactId: string
let water: string
let schools: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  contactId = await createContact(client)
  water = await createFund(client, 'WATER')
  schools = await createFund(client, ' schools ')
})
afterAll(() => app.close())

const UPDATE = `mutation ($input: UpdateGiftInput!) {
  updateGift(input: $input) {
    gift { amount { amount } allocations { amount fund { code } } history(first: 1) { nodes { changes { field from to } } } }
    userErrors { __typename path ... on AllocationMismatchError { expected actual } }
  }
}`

describe('allocations of a gift', () => {
  it('are set to one allocation to the general fund when no allocation is sent', async () => {
    const { gift } = await tryGift(client, { contactId, amount: '12.5' })
    expect(gift).toMatchObject({
      amount: { amount: '12.50', currency: 'EUR' },
      allocations: [{ amount: '12.50', fund: { code: 'GENERAL' } }],
    })
  })

  it('are accepted when they add up to the amount of the gift', async () => {
    const allocations = [
      { fundId: water, amount: '0.10' },
      { fundId: schools, amount: '0.2' },
    ]
    const { gift, userErrors } = await tryGift(client, { contactId, amount: '0.3', allocations })
    expect(userErrors).toEqual([])
    expect(gift).toMatchObject({ allocations: [{ fund: { code: 'WATER' } }, { fund: { code: 'SCHOOLS' } }] })
  })

  it('are refused when they do not add up to the amount of the gift, and the error has the amount and the sum', async () => {
    const allocations = [{ fundId: water, amount: '99.99' }]
    const { gift, userErrors } = await tryGift(client, { contactId, amount: '100', allocations })
    expect(gift).toBeNull()
    expect(userErrors).toMatchObject([
      {
        __typename: 'AllocationMismatchError',
        code: 'ALLOCATION_MISMATCH',
        path: ['input', 'allocations'],
        expected: '100.00',
        actual: '99.99',
      },
    ])
  })

  it('are refused when an allocation has an amount of zero or a fund of another workspace', async () => {
    const otherWorkspaceFund = await createFund(app.as('member', 'globex'), 'FOREIGN')
    const withZero = [
      { fundId: water, amount: '10' },
      { fundId: schools, amount: '0' },
    ]
    expect((await tryGift(client, { contactId, allocations: withZero })).userErrors).toMatchObject([
      { code: 'INVALID', path: ['input', 'allocations', '1', 'amount'] },
    ])
    const allocations = [{ fundId: otherWorkspaceFund, amount: '10' }]
    expect((await tryGift(client, { contactId, allocations })).userErrors).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'allocations', '0', 'fundId'] },
    ])
  })

  it('are refused when a fund is not active', async () => {
    const inactiveFund = await createFund(client, 'INACTIVE')
    await client.must(
      `mutation ($id: ID!) { updateFund(input: { id: $id, version: 1, isActive: false }) { fund { id } } }`,
      {
        id: inactiveFund,
      },
    )
    const { userErrors } = await tryGift(client, { contactId, allocations: [{ fundId: inactiveFund, amount: '10' }] })
    expect(userErrors).toMatchObject([{ code: 'RULE_VIOLATION', rule: 'nonprofit.allocations' }])
  })

  it('change with the amount of the gift when there is only one allocation, and the history of the gift has this change', async () => {
    const { id, version } = await createGift(client, { contactId, amount: '10' })
    const data = await client.must(UPDATE, { input: { id, version, amount: { amount: '20', currency: 'EUR' } } })
    expect(at(data, 'updateGift.userErrors')).toEqual([])
    expect(at(data, 'updateGift.gift.allocations')).toEqual([{ amount: '20.00', fund: { code: 'GENERAL' } }])
    expect(JSON.stringify(at(data, 'updateGift.gift.history'))).toContain('"from":[{"amount":"10.00"')
  })

  it('have to be sent together with a new amount when the gift has several allocations', async () => {
    const allocations = [
      { fundId: water, amount: '4' },
      { fundId: schools, amount: '6' },
    ]
    const { id, version } = await createGift(client, { contactId, allocations })
    const input = { id, version, amount: { amount: '20', currency: 'EUR' } }
    expect(at(await client.must(UPDATE, { input }), 'updateGift.userErrors')).toMatchObject([
      { __typename: 'AllocationMismatchError', expected: '20.00', actual: '10.00' },
    ])
    const newAllocations = allocations.map((allocation) => ({ ...allocation, amount: '10' }))
    expect(
      at(await client.must(UPDATE, { input: { ...input, allocations: newAllocations } }), 'updateGift.userErrors'),
    ).toEqual([])
  })
})

describe('the donor of a gift', () => {
  it('is required: the error is returned together with the error about allocations that do not add up', async () => {
    const { userErrors } = await tryGift(client, { allocations: [{ fundId: water, amount: '1' }] })
    expect(userErrors).toMatchObject([
      { rule: 'nonprofit.oneDonor', path: ['input', 'contactId'] },
      { __typename: 'AllocationMismatchError', expected: '10.00', actual: '1.00' },
    ])
  })

  it('can be an account, which then returns the gift and its giving totals, but not an account and a contact at once', async () => {
    const data = await client.must(
      'mutation { createAccount(input: { name: "Babbage & Sons" }) { account { id } userErrors { message } } }',
    )
    const accountId = textAt(data, 'createAccount.account.id')
    const { id } = await createGift(client, { accountId, amount: '7' })
    const read = await client.must(
      `query ($id: ID!) { gift(id: $id) { contact { id } account { name gifts { nodes { id } } givingTotals { amount { amount } } } donor { __typename ... on Account { name } } } }`,
      { id },
    )
    expect(at(read, 'gift')).toEqual({
      contact: null,
      account: { name: 'Babbage & Sons', gifts: { nodes: [{ id }] }, givingTotals: [{ amount: { amount: '7.00' } }] },
      donor: { __typename: 'Account', name: 'Babbage & Sons' },
    })
    const both = await tryGift(client, { accountId, contactId })
    expect(both.userErrors).toMatchObject([{ path: ['input', 'accountId'] }])
  })
})

describe('the status of a gift', () => {
  it('is set, with the day, when the gift is acknowledged or refunded, and a refunded gift cannot be acknowledged', async () => {
    const gift = await createGift(client, { contactId })
    const acknowledged = await actOnGift(client, 'acknowledgeGift', gift)
    const day = app.clock.now().toISOString().slice(0, 10)
    expect(acknowledged.gift).toMatchObject({ status: 'ACKNOWLEDGED', acknowledgedOn: day, refundedOn: null })
    const refunded = await actOnGift(client, 'refundGift', { ...gift, version: 2 })
    expect(refunded.gift).toMatchObject({ status: 'REFUNDED', refundedOn: day })
    const again = await actOnGift(client, 'acknowledgeGift', { ...gift, version: 3 })
    expect(again.userErrors).toEqual([{ code: 'RULE_VIOLATION' }])
  })
})

describe('the default fund', () => {
  it('is the fund that the settings of the workspace name, and the general fund when they name no fund', async () => {
    const globex = app.as('admin', 'globex')
    const reserve = await createFund(globex, 'RESERVE')
    const update = await globex.must(
      `mutation ($settings: JSON!) { updatePluginSettings(input: { pluginId: "nonprofit", settings: $settings }) { userErrors { message } } }`,
      { settings: { defaultFundCode: 'RESERVE' } },
    )
    expect(at(update, 'updatePluginSettings.userErrors')).toEqual([])
    const { gift } = await tryGift(globex, { contactId: await createContact(globex) })
    expect(at(gift, 'allocations.0.fund.id')).toBe(reserve)
    expect(at((await tryGift(client, { contactId })).gift, 'allocations.0.fund.code')).toBe('GENERAL')
  })
})

describe('importRecords', () => {
  it('creates the gifts of a file once when the file is imported twice, and returns the error of the invalid line', async () => {
    const donor = await createContact(client, 'Hopper')
    const csv = [
      'Donor,Amount,Day,How,Number,Purpose,Part',
      `${donor},25.50,2024-12-24,CHECK,T-1,,`,
      `${donor},40,2024-12-31,CASH,T-2,WATER,40`,
      `${donor},40,2024-12-31,CASH,T-3,WATER,39`,
    ].join('\n')
    const fields = {
      Donor: 'contactId',
      Amount: 'amount',
      Day: 'receivedOn',
      How: 'method',
      Number: 'reference',
      Purpose: 'allocations.fund.code',
      Part: 'allocations.amount',
    }
    const columns = Object.entries(fields).map(([column, field]) => ({
      column,
      field,
      ...(field === 'amount' ? { currency: 'EUR' } : {}),
    }))
    const send = () =>
      client.must(
        `mutation ($input: ImportRecordsInput!) { importRecords(input: $input) { results { line outcome userErrors { code } } } }`,
        { input: { object: 'Gift', csv, columns, errorPolicy: 'REJECT_FAILED' } },
      )
    const refused = { line: 4, outcome: 'FAILED', userErrors: [{ code: 'ALLOCATION_MISMATCH' }] }
    expect(at(await send(), 'importRecords.results')).toEqual([
      { line: 2, outcome: 'CREATED', userErrors: [] },
      { line: 3, outcome: 'CREATED', userErrors: [] },
      refused,
    ])
    expect(at(await send(), 'importRecords.results')).toEqual([
      { line: 2, outcome: 'UNCHANGED', userErrors: [] },
      { line: 3, outcome: 'UNCHANGED', userErrors: [] },
      refused,
    ])
    expect(await totalsOf(client, donor)).toMatchObject([{ amount: { amount: '65.50' }, giftCount: 2 }])
  })
})

it('createGift runs seven SQL statements, and one more to read the default fund', async () => {
  for (const [allocations, count] of [
    [[], 8],
    [[{ fundId: water, amount: '10' }], 7],
  ] as const) {
    app.resetStatements()
    await createGift(client, { contactId, allocations })
    expect(app.statements).toHaveLength(count)
  }
})
