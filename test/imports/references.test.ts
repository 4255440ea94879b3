import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addTeam } from '../support/records.ts'
import { accountsIn, emptyRecords, errorsOf, importAccounts, NAMED } from './import-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())
beforeEach(() => emptyRecords(app))

describe('a reference of an imported row to another record', () => {
  const columns = [...NAMED, { column: 'parent', field: 'parent.name' }]

  it('finds records that exist, and records that another row of the file creates, whatever the order of the rows', async () => {
    await addAccount(app.as('member'), { name: 'Top' })
    await addTeam(app.as('admin'), { name: 'North' })
    const csv = 'name,parent,owner,team\nC,B,member@acme.example,North\nB,A,,\nA,Top,,\n'
    const answer = await importAccounts(app, csv, {
      columns: [...columns, { column: 'owner', field: 'owner.email' }, { column: 'team', field: 'team.name' }],
    })
    expect(errorsOf(answer)).toEqual([])
    expect(await accountsIn(app)).toMatchObject([
      { name: 'A', version: 1, parent: { name: 'Top' } },
      { name: 'B', version: 1, parent: { name: 'A' } },
      {
        name: 'C',
        version: 1,
        parent: { name: 'B' },
        owner: { email: 'member@acme.example' },
        team: { name: 'North' },
      },
      { name: 'Top', version: 1 },
    ])
  })

  it('is an error of its row when no record or several records match, when it forms a circle, and when it leads to a row with errors', async () => {
    for (const industry of ['x', 'y']) await addAccount(app.as('member'), { name: 'Twin', industry })
    const csv = 'name,parent,staff\nA,Nobody,1\nB,Twin,1\nC,D,1\nD,C,1\nE,E,1\nF,G,1\nG,,many\nH,I,1\nI,Nobody,1\n'
    const answer = await importAccounts(app, csv, {
      columns: [...columns, { column: 'staff', field: 'employeeCount' }],
    })
    expect(errorsOf(answer)).toEqual([
      'csv.2.parentId: Account with the name "Nobody" was not found.',
      'csv.3.parentId: 2 records of Account have the name "Twin": it is not clear which record is meant. Refer to it by another field.',
      expect.stringMatching(/^csv\.4: .*cycle/),
      expect.stringMatching(/^csv\.5: .*cycle/),
      expect.stringMatching(/^csv\.6: .*cycle/),
      'csv.7.parentId: It refers to line 8, which has errors. The file says "G".',
      expect.stringMatching(/^csv\.8\.employeeCount: "many"/),
      'csv.9.parentId: It refers to line 10, which has errors. The file says "I".',
      'csv.10.parentId: Account with the name "Nobody" was not found.',
    ])
    expect(await accountsIn(app)).toHaveLength(2)
  })

  it('is refused by the rule on the parent of an account when existing accounts would form a circle', async () => {
    const top = await addAccount(app.as('member'), { name: 'Top' })
    await addAccount(app.as('member'), { name: 'Low', parentId: top.id })
    const answer = await importAccounts(app, 'name,parent\nTop,Low\n', { columns })
    expect(errorsOf(answer)).toEqual([
      expect.stringMatching(/^csv\.2\.parentId: The parent is this organisation or lies below/),
    ])
  })
})
