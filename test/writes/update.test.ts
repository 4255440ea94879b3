import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const UPDATE = `mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    account { version name industry employeeCount website annualRevenue { amount currency } domains { domain isPrimary } parent { name } }
    userErrors { __typename code message path ... on StaleVersionError { currentVersion conflicts { field base theirs yours } } }
  }
}`
const HISTORY = `query ($id: ID!) { node(id: $id) {
  ... on Account { history { totalCount nodes { at operation version actor { displayName } changes { field from to } } } }
} }`

async function update(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(UPDATE, { input }), 'updateAccount')
}

describe('an update of a record', () => {
  it('changes the fields of the input, clears those that are null, and keeps the others', async () => {
    const member = app.as('member')
    const parent = await addAccount(member, { name: 'Parent' })
    const made = await addAccount(member, {
      name: 'Acme',
      industry: 'Retail',
      employeeCount: 12,
      annualRevenue: { amount: '5', currency: 'EUR' },
      domains: [{ domain: 'acme-update.example' }, { domain: 'www.acme-2.example', isPrimary: true }],
      parentId: parent.id,
    })
    const domains = [
      { domain: 'acme-update.example', isPrimary: false },
      { domain: 'acme-2.example', isPrimary: true },
    ]
    expect(at(await update({ id: made.id, version: 1, industry: null, employeeCount: 13 }), 'account')).toEqual({
      version: 2,
      name: 'Acme',
      industry: null,
      employeeCount: 13,
      website: null,
      annualRevenue: { amount: '5.00', currency: 'EUR' },
      domains,
      parent: { name: 'Parent' },
    })
    const emptied = await update({ id: made.id, version: 2, annualRevenue: null, domains: [], parentId: null })
    expect(at(emptied, 'account')).toMatchObject({
      version: 3,
      annualRevenue: null,
      domains: [],
      parent: null,
      employeeCount: 13,
    })
  })

  it('refuses to clear a required field, and then changes nothing', async () => {
    const made = await addAccount(app.as('member'), { name: 'Named', industry: 'Retail' })
    for (const name of [null, '', '   ']) {
      const refused = await update({ id: made.id, version: 1, name, industry: 'Other' })
      expect(refused).toMatchObject({
        account: null,
        userErrors: [{ __typename: 'InvalidInputError', code: 'INVALID', path: ['input', 'name'] }],
      })
    }
    expect(
      await app.as('member').must('query ($id: ID!) { account(id: $id) { version industry } }', { id: made.id }),
    ).toEqual({ account: { version: 1, industry: 'Retail' } })
  })

  it('creates no version, no change and no history entry when the record already has every value of the input', async () => {
    const made = await addAccount(app.as('member'), {
      name: 'Same',
      employeeCount: 3,
      annualRevenue: { amount: '10.5', currency: 'USD' },
      domains: [{ domain: 'same.example' }],
    })
    const same = {
      id: made.id,
      version: 1,
      name: ' Same ',
      employeeCount: 3,
      annualRevenue: { amount: '10.5000', currency: 'USD' },
      domains: [{ domain: 'SAME.example' }],
    }
    expect(await update(same)).toMatchObject({ account: { version: 1, name: 'Same' }, userErrors: [] })
    expect(at(await app.as('member').must(HISTORY, { id: made.id }), 'node.history.totalCount')).toBe(1)
    await logSettled(app)
    const changes = await app
      .as('member')
      .must('query ($ids: [ID!]) { changes(filter: { recordIds: $ids }) { totalCount } }', { ids: [made.id] })
    expect(at(changes, 'changes.totalCount')).toBe(1)
  })

  it('with a stale version returns, of each field in conflict, the value then (base), now (theirs) and of the input (yours)', async () => {
    const made = await addAccount(app.as('member'), {
      name: 'Base',
      industry: 'Retail',
      employeeCount: 1,
      tier: 'Gold',
    })
    await update({ id: made.id, version: 1, name: 'Second' })
    await update({ id: made.id, version: 2, name: 'Theirs', employeeCount: 2, industry: 'Banking' })
    const stale = await update({
      id: made.id,
      version: 1,
      name: 'Yours',
      employeeCount: 2,
      tier: 'Silver',
      industry: null,
    })
    expect(at(stale, 'account')).toBeNull()
    expect(at(stale, 'userErrors')).toMatchObject([
      { __typename: 'StaleVersionError', code: 'STALE_VERSION', path: ['input', 'version'], currentVersion: 3 },
    ])
    // An equal employeeCount is no conflict, and no other update has changed tier.
    expect(listAt(stale, 'userErrors.0.conflicts')).toEqual([
      { field: 'name', base: 'Base', theirs: 'Theirs', yours: 'Yours' },
      { field: 'industry', base: 'Retail', theirs: 'Banking', yours: null },
    ])
    expect(
      await app.as('member').must('query ($id: ID!) { account(id: $id) { version tier } }', { id: made.id }),
    ).toEqual({ account: { version: 3, tier: 'Gold' } })
  })

  it('with a stale version returns money, relations and items in conflict in the form in which clients write them', async () => {
    const member = app.as('member')
    const [one, two] = [await addAccount(member, { name: 'One' }), await addAccount(member, { name: 'Two' })]
    const made = await addAccount(member, {
      name: 'Parts',
      annualRevenue: { amount: '1', currency: 'USD' },
      parentId: one.id,
      domains: [{ domain: 'parts-1.example' }],
    })
    await update({
      id: made.id,
      version: 1,
      annualRevenue: { amount: '2.50', currency: 'USD' },
      parentId: two.id,
      domains: [{ domain: 'parts-2.example' }],
    })
    const stale = await update({
      id: made.id,
      version: 1,
      annualRevenue: { amount: '3', currency: 'EUR' },
      parentId: null,
      domains: [],
    })
    const conflicts = listAt(stale, 'userErrors.0.conflicts')
    expect(conflicts).toContainEqual({
      field: 'annualRevenue',
      base: { amount: '1.00', currency: 'USD' },
      theirs: { amount: '2.50', currency: 'USD' },
      yours: { amount: '3.00', currency: 'EUR' },
    })
    expect(conflicts).toContainEqual({ field: 'parentId', base: one.id, theirs: two.id, yours: null })
    expect(conflicts).toContainEqual({
      field: 'domains',
      base: [{ domain: 'parts-1.example', isPrimary: true }],
      theirs: [{ domain: 'parts-2.example', isPrimary: true }],
      yours: [],
    })
    expect(conflicts).toHaveLength(3)
  })

  it('gets STALE_VERSION for a version that the record has not reached yet', async () => {
    const made = await addAccount(app.as('member'), { name: 'Future' })
    expect(at(await update({ id: made.id, version: 7, name: 'Later' }), 'userErrors')).toMatchObject([
      { code: 'STALE_VERSION', currentVersion: 1, conflicts: [] },
    ])
  })

  it('reports every error of the input at once, each with the path of its field', async () => {
    const made = await addAccount(app.as('member'), { name: 'Mistakes' })
    const refused = await update({
      id: made.id,
      version: 1,
      website: 'no domain',
      phone: '12',
      employeeCount: -1,
      parentId: 'account_00000000000000000000000000',
      domains: [{ domain: 'ok.example' }, { domain: 'x' }],
    })
    const errors = listAt(refused, 'userErrors').map((error) => [at(error, 'code'), listAt(error, 'path').join('.')])
    expect(new Map(errors.map(([code, path]) => [path, code]))).toEqual(
      new Map([
        ['input.website', 'INVALID'],
        ['input.phone', 'INVALID'],
        ['input.employeeCount', 'INVALID'],
        ['input.domains.1.domain', 'INVALID'],
        ['input.parentId', 'NOT_FOUND'],
      ]),
    )
  })
})
