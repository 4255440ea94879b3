import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import {
  accountsIn,
  countsOf,
  emptyRecords,
  errorsOf,
  importAccounts,
  logged,
  NAMED,
  outcomesOf,
} from './import-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())
beforeEach(() => emptyRecords(app))

describe('a CSV file', () => {
  it.each([
    ['a byte order mark and CRLF', '\uFEFFname,industry\r\nA,Retail\r\nB,\r\n'],
    ['quotes, commas and line breaks', 'name,industry\n"A","Retail"\n"B",\n'],
    ['semicolons', 'name;industry\nA;Retail\nB;\n'],
    ['tabs', 'name\tindustry\nA\tRetail\nB\t\n'],
    ['empty lines and white space', '\n name , industry \n\n A , Retail \n,\n\nB,\n\n'],
    ['no last line end', 'name,industry\nA,Retail\nB,'],
  ])('can have %s', async (_, csv) => {
    const answer = await importAccounts(app, csv, { columns: [...NAMED, { column: 'industry', field: 'industry' }] })
    expect(errorsOf(answer)).toEqual([])
    expect(await accountsIn(app)).toMatchObject([
      { name: 'A', industry: 'Retail' },
      { name: 'B', industry: null },
    ])
  })

  it('is imported with a result for each row, which has the number of the line where the row begins', async () => {
    const answer = await importAccounts(app, 'name,industry\n"A\r\nand more",x\n\nB,y\n"C\nD\nE",z\nF,z\n')
    expect(outcomesOf(answer)).toEqual(['2 CREATED', '5 CREATED', '6 CREATED', '9 CREATED'])
  })

  it('with invalid rows is refused with an error for each invalid row, and nothing is written', async () => {
    const csv =
      'name,staff,sector\nGood,1,x\nToo,2\nMany,3,x,y\nBad "quotes",4,x\nNot UTF-8 \uFFFD,5,x\nZero\0byte,6,x\nText,seven,x\nMinus,-8,x\n,9,x\nGood,10,x\n'
    const answer = await importAccounts(app, csv, { columns: [...NAMED, { column: 'staff', field: 'employeeCount' }] })
    expect(outcomesOf(answer)).toEqual([
      '2 SKIPPED',
      '3 FAILED',
      '4 FAILED',
      '5 FAILED',
      '6 FAILED',
      '7 FAILED',
      '8 FAILED',
      '9 FAILED',
      '10 FAILED',
      '11 FAILED',
    ])
    expect(errorsOf(answer)).toEqual([
      'csv.3: The row has 2 cells, the header has 3. Put a cell that contains the delimiter into quotes.',
      'csv.4: The row has 4 cells, the header has 3. Put a cell that contains the delimiter into quotes.',
      expect.stringMatching(/^csv\.5: The row can't be read: .*[Qq]uote/),
      'csv.6: The row is not UTF-8 text. Save the file as UTF-8.',
      'csv.7: The row contains the character U+0000. Save the file as UTF-8 text.',
      'csv.8.employeeCount: "seven" is not a number. Write it as 1234.5, without thousands separators.',
      'csv.9.employeeCount: Must not be negative. The file says "-8".',
      'csv.10.name: name is empty, so the row does not say which record it is about.',
      'csv.11.name: Line 2 is about the same Account: name "Good". Keep one of the two.',
    ])
    expect(countsOf(answer)).toEqual({ created: 0, updated: 0, unchanged: 0, failed: 9 })
    expect(await accountsIn(app)).toEqual([])
    expect(await logged(app)).toEqual({ changes: 0, audits: 0 })
  })

  it('is imported without its invalid rows when errorPolicy is REJECT_FAILED', async () => {
    const csv = 'name,domain\nA,a.example\nB,a.example\nC,not a domain\nD,d.example\n'
    const answer = await importAccounts(app, csv, {
      columns: [...NAMED, { column: 'domain', field: 'domains.domain' }],
      errorPolicy: 'REJECT_FAILED',
    })
    expect(outcomesOf(answer)).toEqual(['2 CREATED', '3 FAILED', '4 FAILED', '5 CREATED'])
    expect(errorsOf(answer)).toEqual([
      expect.stringMatching(/^csv\.3\..*domain a\.example/),
      'csv.4.domains.0.domain: A domain looks like acme.example. The file says "not a domain".',
    ])
    expect((await accountsIn(app)).map((account) => at(account, 'name'))).toEqual(['A', 'D'])
    expect(await logged(app)).toEqual({ changes: 2, audits: 2 })
  })

  it('of 2,000 rows that is imported a second time changes nothing and needs fewer than 20 SQL statements', async () => {
    const lines = Array.from(
      { length: 2_000 },
      (_, index) =>
        `Company ${index},${index % 7 === 0 ? '' : `Company ${Math.floor(index / 7)}`},company${index}.example`,
    )
    const order = {
      columns: [...NAMED, { column: 'parent', field: 'parent.name' }, { column: 'domain', field: 'domains.domain' }],
    }
    const csv = ['name,parent,domain', ...lines].join('\n')
    expect(countsOf(await importAccounts(app, csv, order))).toMatchObject({ created: 2_000 })
    app.resetStatements()
    expect(countsOf(await importAccounts(app, csv, order))).toMatchObject({ unchanged: 2_000 })
    expect(app.statements.length).toBeLessThan(20)
    expect(await logged(app)).toEqual({ changes: 2_000, audits: 2_000 })
  })
})
