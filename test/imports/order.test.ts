import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { countsOf, emptyRecords, errorsOf, importAccounts, NAMED } from './import-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())
beforeEach(() => emptyRecords(app))

describe('an import', () => {
  it.each([
    ['an unknown object', { object: 'Rocket' }, "object: Records of Rocket can't be imported. These can: "],
    ['an abstract object', { object: 'Interaction' }, "object: Records of Interaction can't be imported."],
    ['an empty file', { csv: '' }, 'csv: The file is empty.'],
    ['too many rows', { csv: `name,x\n${'A,1\n'.repeat(10_001)}` }, 'csv: The file has more than 10000 rows.'],
    [
      'a column that is not in the file',
      { columns: [{ column: 'nome', field: 'name' }] },
      'columns.0.column: The file has no column nome. It has: name, x.',
    ],
    [
      'a column that is in the file twice',
      { csv: 'name,name\nA,B' },
      'columns.0.column: The file has several columns name.',
    ],
    [
      'an unknown field',
      { columns: [...NAMED, { column: 'x', field: 'colour' }] },
      'columns.1.field: Account has no field colour to import into. It has: name, type, ',
    ],
    [
      'a field that clients cannot write',
      { columns: [...NAMED, { column: 'x', field: 'version' }] },
      'columns.1.field: Account has no field version',
    ],
    [
      'two columns for one field',
      { columns: [...NAMED, { column: 'x', field: 'name' }] },
      'columns: Two columns or constants set name.',
    ],
    [
      'a currency for a field that is not an amount',
      { columns: [...NAMED, { column: 'x', field: 'industry', currency: 'USD' }] },
      'columns.1.currency: industry is not an amount',
    ],
    [
      'a factor that is not a number',
      { columns: [...NAMED, { column: 'x', field: 'employeeCount', factor: 'ten' }] },
      'columns.1.factor: ten is not a number',
    ],
    [
      'an invalid date format',
      {
        object: 'Contact',
        columns: [
          { column: 'name', field: 'emails.address' },
          { column: 'x', field: 'birthday', format: 'M/D' },
        ],
      },
      'columns.1.format: M/D is not a format',
    ],
    [
      'a matchBy field without a column',
      { matchBy: ['website'] },
      'matchBy: Records are matched by website, to which no column is mapped.',
    ],
    ['no columns', { columns: [] }, 'matchBy: Records are matched by name, to which no column is mapped.'],
  ])('is refused with %s', async (_, order, message) => {
    const answer = await importAccounts(app, 'name,x\nA,1\n', order)
    expect(errorsOf(answer)).toEqual([expect.stringContaining(message)])
    expect(countsOf(answer)).toEqual({ created: 0, updated: 0, unchanged: 0, failed: 0 })
  })

  it('is forbidden for a user who may not write records of the object', async () => {
    const answer = await app
      .as('reader')
      .query(
        'mutation { importRecords(input: { object: "Account", csv: "name\\nA", columns: [{ column: "name", field: "name" }] }) { createdCount } }',
      )
    expect(errorCodes(answer)).toEqual(['FORBIDDEN'])
  })

  it('runs once when the request is sent twice with one idempotency key, and both responses are equal', async () => {
    const send = () =>
      app
        .as('member')
        .must(
          'mutation { importRecords(input: { object: "Account", csv: "name\\nA", columns: [{ column: "name", field: "name" }] }) { createdCount results { outcome recordId } } }',
          {},
          { 'idempotency-key': 'import-1' },
        )
    const first = await send()
    expect(at(first, 'importRecords.createdCount')).toBe(1)
    expect(await send()).toEqual(first)
  })
})
