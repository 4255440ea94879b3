import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { countsOf, importRecords } from './import-records.ts'

// A file in a folder next to the project, which is not part of it.
const FILE = resolve('../shared/data/crm-sales-opportunities/accounts.csv')

const COLUMNS = [
  { column: 'account', field: 'name' },
  { column: 'sector', field: 'industry', replacements: [{ from: 'technolgy', to: 'technology' }] },
  { column: 'year_established', field: 'foundedYear' },
  { column: 'revenue', field: 'annualRevenue', currency: 'USD', factor: '1000000' },
  { column: 'employees', field: 'employeeCount' },
  {
    column: 'office_location',
    field: 'addresses.country',
    replacements: [
      { from: 'Philipines', to: 'Philippines' },
      { from: 'Korea', to: 'South Korea' },
    ],
  },
  { column: 'subsidiary_of', field: 'parent.name' },
]

const ACCOUNTS = `query ($filter: AccountFilter, $includeDeleted: Boolean) {
  accounts(first: 200, filter: $filter, includeDeleted: $includeDeleted, orderBy: [{ name: ASC }]) {
    totalCount
    nodes { name version industry foundedYear employeeCount annualRevenue { amount currency } addresses { label country isPrimary } parent { name } }
  }
}`

describe.skipIf(!existsSync(FILE))('an import of 85 accounts from a public sales data set', () => {
  let app: TestApp
  let order: Record<string, unknown>

  beforeAll(async () => {
    app = await createTestApp()
    order = {
      object: 'Account',
      csv: await readFile(FILE, 'utf8'),
      columns: COLUMNS,
      constants: [{ field: 'addresses.label', value: 'OFFICE' }],
    }
  })
  afterAll(() => app.close())

  const accounts = async (filter?: unknown) => at(await app.as('member').must(ACCOUNTS, { filter }), 'accounts')
  const changes = async () => (await app.database.ownerPool.query('select count(*)::int as count from changes')).rows[0]

  it('reports 85 created accounts in a dry run and writes nothing', async () => {
    const answer = await importRecords(app.as('member'), { ...order, dryRun: true })
    expect(at(answer, 'userErrors')).toEqual([])
    expect(countsOf(answer)).toEqual({ created: 85, updated: 0, unchanged: 0, failed: 0 })
    expect(listAt(answer, 'results').map((row) => at(row, 'recordId'))).toEqual(Array(85).fill(null))
    expect(at(await accounts(), 'totalCount')).toBe(0)
    expect(await changes()).toEqual({ count: 0 })
  })

  it('creates the accounts with corrected sectors, with revenues that are not rounded, and with their parents', async () => {
    const answer = await importRecords(app.as('member'), order)
    expect(at(answer, 'userErrors')).toEqual([])
    expect(countsOf(answer)).toEqual({ created: 85, updated: 0, unchanged: 0, failed: 0 })
    expect(at(await accounts(), 'totalCount')).toBe(85)
    expect(at(await accounts({ industry: { equals: 'technolgy' } }), 'totalCount')).toBe(0)
    expect(at(await accounts({ industry: { equals: 'technology' } }), 'totalCount')).toBe(12)
    expect(at(await accounts({ parent: { is: { name: { startsWith: '' } } } }), 'totalCount')).toBe(15)
    expect(
      listAt(await accounts({ parent: { is: { name: { equals: 'Acme Corporation' } } } }), 'nodes').map((node) =>
        at(node, 'name'),
      ),
    ).toEqual(['Bluth Company', 'Codehow', 'Donquadtech', 'Iselectrics'])
    const [acme] = listAt(await accounts({ name: { equals: 'Acme Corporation' } }), 'nodes')
    expect(acme).toEqual({
      name: 'Acme Corporation',
      version: 1,
      industry: 'technology',
      foundedYear: 1996,
      employeeCount: 2822,
      annualRevenue: { amount: '1100040000.00', currency: 'USD' },
      addresses: [{ label: 'OFFICE', country: 'US', isPrimary: true }],
      parent: null,
    })
    expect(await changes()).toEqual({ count: 85 })
    const { rows } = await app.database.ownerPool.query(
      'select count(*)::int as count from audit_entries where version = 1',
    )
    expect(rows[0]).toEqual({ count: 85 })
  })

  it('writes nothing when it is repeated with an unchanged file', async () => {
    const before = await accounts()
    const answer = await importRecords(app.as('member'), order)
    expect(at(answer, 'userErrors')).toEqual([])
    expect(countsOf(answer)).toEqual({ created: 0, updated: 0, unchanged: 85, failed: 0 })
    expect(await accounts()).toEqual(before)
    expect(await changes()).toEqual({ count: 85 })
  })

  it('updates only the account whose row has changed', async () => {
    const csv = String(order['csv']).replace('Betatech,medical,1986,647.18,1185', 'Betatech,medical,1986,650.2,1185')
    const answer = await importRecords(app.as('member'), { ...order, csv })
    expect(countsOf(answer)).toEqual({ created: 0, updated: 1, unchanged: 84, failed: 0 })
    const [betatech] = listAt(await accounts({ name: { equals: 'Betatech' } }), 'nodes')
    expect(betatech).toMatchObject({
      version: 2,
      annualRevenue: { amount: '650200000.00' },
      addresses: [{ country: 'KE' }],
    })
    expect(await changes()).toEqual({ count: 86 })
  })
})
