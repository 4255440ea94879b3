import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact } from '../support/records.ts'
import { accountsIn, countsOf, emptyRecords, errorsOf, importAccounts, importRecords, NAMED } from './import-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())
beforeEach(() => emptyRecords(app))

describe('importing a record that already exists', () => {
  it('keeps the values of fields whose cell is empty, and adds the items in the row to those of the record', async () => {
    await addAccount(app.as('member'), {
      name: 'A',
      industry: 'Retail',
      domains: [{ domain: 'a.example' }],
      addresses: [{ label: 'BILLING', city: 'Oslo' }],
    })
    const csv = 'name,industry,domain,city\nA,,b.example,Oslo\n'
    const columns = [
      ...NAMED,
      { column: 'industry', field: 'industry' },
      { column: 'domain', field: 'domains.domain' },
      { column: 'city', field: 'addresses.city' },
    ]
    const order = { columns, constants: [{ field: 'addresses.label', value: 'billing' }] }
    expect(countsOf(await importAccounts(app, csv, order))).toMatchObject({ updated: 1 })
    expect(countsOf(await importAccounts(app, csv, order))).toMatchObject({ unchanged: 1 })
    expect(await accountsIn(app)).toMatchObject([
      {
        version: 2,
        industry: 'Retail',
        domains: [{ domain: 'a.example' }, { domain: 'b.example' }],
        addresses: [{ label: 'BILLING', city: 'Oslo', isPrimary: true }],
      },
    ])
  })

  it('is refused when several records match the row', async () => {
    for (const industry of ['x', 'y']) await addAccount(app.as('member'), { name: 'Twin', industry })
    expect(errorsOf(await importAccounts(app, 'name\nTwin\n'))).toEqual([
      'csv.2.name: 2 records of Account have name "Twin": it is not clear which record is meant. Match by another field.',
    ])
    const columns = [...NAMED, { column: 'industry', field: 'industry' }, { column: 'staff', field: 'employeeCount' }]
    const answer = await importAccounts(app, 'name,industry,staff\nTwin,x,1\n', {
      columns,
      matchBy: ['name', 'industry'],
    })
    expect(countsOf(answer)).toMatchObject({ updated: 1 })
    expect(
      (await accountsIn(app)).map((account) => [at(account, 'industry'), at(account, 'employeeCount')]).toSorted(),
    ).toEqual([
      ['x', 1],
      ['y', null],
    ])
  })

  it('creates a new record when the existing record is deleted or belongs to another workspace', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'A' })
    await app
      .as('member')
      .must('mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { code } } }', {
        input: { id },
      })
    await addAccount(app.as('member', 'globex'), { name: 'A' })
    expect(countsOf(await importAccounts(app, 'name\nA\n'))).toMatchObject({ created: 1 })
  })

  it('creates each record once when the same file is imported twice at the same time', async () => {
    const csv = 'name\nA\nB\nC\n'
    const answers = await Promise.all([importAccounts(app, csv), importAccounts(app, csv)])
    expect(answers.map((answer) => at(answer, 'createdCount')).toSorted()).toEqual([0, 3])
    expect(await accountsIn(app)).toHaveLength(3)
  })
})

describe('imported contacts', () => {
  const columns = [
    { column: 'mail', field: 'emails.address' },
    { column: 'mail 2', field: 'emails.2.address' },
    { column: 'last', field: 'lastName' },
    { column: 'born', field: 'birthday', format: 'MM/DD/YYYY' },
    { column: 'company', field: 'accounts.account.name' },
    { column: 'role', field: 'accounts.role' },
  ]
  const csv = 'last,mail,mail 2,born,company,role\nLovelace,Ada@Acme.example,ada@home.example,12/10/1815,Acme,Analyst\n'
  const importContacts = (text: string) => importRecords(app.as('member'), { object: 'Contact', csv: text, columns })

  it('update the existing contact that has one of the e-mail addresses in the row, and get roles in accounts', async () => {
    await addAccount(app.as('member'), { name: 'Acme' })
    await addContact(app.as('member'), { lastName: 'Byron', emails: [{ address: 'ada@home.example' }] })
    expect(countsOf(await importContacts(csv))).toMatchObject({ updated: 1 })
    expect(countsOf(await importContacts(csv))).toMatchObject({ unchanged: 1 })
    const query =
      '{ contacts { nodes { lastName birthday primaryEmail emails { address } accounts { edges { role node { name } } } } } }'
    expect(at(await app.as('member').must(query), 'contacts.nodes')).toEqual([
      {
        lastName: 'Lovelace',
        birthday: '1815-12-10',
        primaryEmail: 'ada@home.example',
        emails: [{ address: 'ada@home.example' }, { address: 'ada@acme.example' }],
        accounts: { edges: [{ role: 'Analyst', node: { name: 'Acme' } }] },
      },
    ])
  })

  it('are refused with a day that does not exist', async () => {
    await addAccount(app.as('member'), { name: 'Acme' })
    expect(errorsOf(await importContacts(csv.replace('12/10/1815', '13/10/1815')))).toEqual([
      'csv.2.birthday: "13/10/1815" is not a date in the format MM/DD/YYYY.',
    ])
  })
})
