import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { countsOf, importRecords } from '../imports/import-records.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact } from '../support/records.ts'
import { exported, exportedRows } from './export-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

/** Columns of an exported file as an import takes them: each under its own path. */
const columnsOf = (fields: readonly string[]) => fields.map((field) => ({ column: field, field }))

const ACCOUNT = [
  'name',
  'type',
  'industry',
  'phone',
  'website',
  'employeeCount',
  'foundedYear',
  'description',
  'annualRevenue.amount',
  'annualRevenue.currency',
  'parent.name',
  'addresses.label',
  'addresses.city',
  'addresses.country',
  'addresses.2.label',
  'addresses.2.city',
  'domains.domain',
]
const CONTACT = [
  'firstName',
  'lastName',
  'birthday',
  'emails.address',
  'emails.label',
  'emails.2.address',
  'emails.2.label',
  'owner.email',
]

/** What a workspace has of an object, without what differs between two workspaces. */
async function recordsIn(workspace: 'acme' | 'globex', object: string, fields: readonly string[]): Promise<unknown> {
  const paths = fields.filter((field) => !/\d/.test(field) && field !== 'owner.email')
  return exportedRows(app, app.as('member', workspace), { object, fields: paths, orderBy: [{ field: 'createdAt' }] })
}

it('a CSV file of an export can be imported: again, which changes nothing, and into another workspace, which copies the records', async () => {
  const admin = app.as('admin')
  const top = await addAccount(admin, {
    name: 'Top; with "quotes"',
    type: 'CUSTOMER',
    phone: '+49 30 901820',
    annualRevenue: { amount: '-12345678901234.5678', currency: 'EUR' },
    addresses: [
      { label: 'OFFICE', city: 'Köln', country: 'DE', isPrimary: true },
      { label: 'BILLING', city: 'Bonn', isPrimary: false },
    ],
    domains: [{ domain: 'top.example', isPrimary: true }],
  })
  await addAccount(admin, {
    name: '=HYPERLINK("http://evil.example")',
    industry: '@sum(1)',
    description: '-2+3\n\tlines, "quoted"',
    website: 'https://a.example/?x=1,2',
    employeeCount: 7,
    foundedYear: 1999,
    parentId: top.id,
  })
  await addContact(admin, {
    firstName: "'=Ada",
    lastName: 'Lovelace',
    birthday: '1815-12-10',
    emails: [
      { address: 'ada@a.example', label: 'WORK', isPrimary: true },
      { address: 'ada@b.example', label: 'HOME', isPrimary: false },
    ],
  })
  for (const [object, fields] of [
    ['Account', ACCOUNT],
    ['Contact', CONTACT],
  ] as const) {
    const csv = await exported(app, app.as('member'), { object, fields })
    const columns = columnsOf(fields)
    const again = await importRecords(app.as('member'), { object, csv, columns })
    expect(at(again, 'userErrors')).toEqual([])
    expect(countsOf(again)).toMatchObject({ created: 0, updated: 0, failed: 0 })
    const copy = { object, csv, columns: columns.filter(({ field }) => field !== 'owner.email') }
    const copied = await importRecords(app.as('member', 'globex'), copy)
    expect(at(copied, 'userErrors')).toEqual([])
    expect(await recordsIn('globex', object, fields)).toEqual(await recordsIn('acme', object, fields))
  }
})

describe('a cell of a CSV file', () => {
  // What a spreadsheet may take for a formula, and other characters with a meaning in CSV files.
  const text = fc
    .array(
      fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        '＝',
        '＋',
        '－',
        '＠',
        "'",
        '"',
        ',',
        ';',
        '\t',
        '\n',
        '1',
        '.',
        'a',
        ' ',
        'é',
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('').trim())
    .filter((value) => value !== '')

  it('never begins like a formula unless it is a number, and is the text again when it is imported', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 5, maxLength: 20 }), async (texts) => {
        await app.database.ownerPool.query('truncate accounts cascade')
        const { workspaceId, id } = app.as('admin').actor
        for (const [index, description] of texts.entries())
          await app.database.ownerPool.query(
            `insert into accounts (workspace_id, created_by_id, updated_by_id, id, name, description) values ($1, $2, $2, gen_random_uuid(), $3, $4)`,
            [workspaceId, id, `n${index}`, description],
          )
        const fields = ['name', 'description']
        const csv = await exported(app, app.as('member'), { fields, orderBy: [{ field: 'createdAt' }] })
        const rows: string[][] = parse(csv, { columns: false })
        for (const [, cell = ''] of rows.slice(1))
          expect(/^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]\d+(\.\d+)?$/.test(cell)).toBe(false)
        await app.database.ownerPool.query(`update accounts set description = 'other'`)
        const answer = await importRecords(app.as('member'), { object: 'Account', csv, columns: columnsOf(fields) })
        expect(at(answer, 'userErrors')).toEqual([])
        const found = await exportedRows(app, app.as('member'), { fields })
        expect(new Set(found.map((row) => at(row, 'description')))).toEqual(new Set(texts))
      }),
      { numRuns: 25 },
    )
  })
})
