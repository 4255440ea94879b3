import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addInteraction, setDeleted } from '../support/records.ts'
import { addressOf, download, exported, exportedRows } from './export-records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  const admin = app.as('admin')
  const top = await addAccount(admin, {
    name: 'Top',
    industry: 'Retail',
    annualRevenue: { amount: '-12.5', currency: 'EUR' },
  })
  await addAccount(admin, {
    name: 'Quote " and, comma',
    industry: 'Energy',
    parentId: top.id,
    ownerId: encodeId('user', app.as('member').actor.id),
    description: 'two\nlines',
    addresses: [
      { label: 'OFFICE', city: 'Köln', country: 'DE', isPrimary: true },
      { label: 'BILLING', city: 'Bonn', country: 'DE', isPrimary: false },
    ],
  })
  await setDeleted(admin, 'delete', 'Account', await addAccount(admin, { name: 'Gone' }))
})
afterAll(() => app.close())

describe('a CSV file of an export', () => {
  it('has the paths as its first line, and the values of the API, quoted as in RFC 4180', async () => {
    const text = await exported(app, app.as('member'), {
      fields: [
        'name',
        'parent.name',
        'annualRevenue.amount',
        'annualRevenue.currency',
        'description',
        'addresses.city',
        'addresses.2.city',
      ],
      orderBy: [{ field: 'industry', direction: 'DESC' }],
    })
    expect(text).toBe(
      [
        'name,parent.name,annualRevenue.amount,annualRevenue.currency,description,addresses.city,addresses.2.city',
        'Top,,-12.50,EUR,,,',
        '"Quote "" and, comma",Top,,,"two\nlines",Köln,Bonn',
        '',
      ].join('\r\n'),
    )
  })
  it('has only the first line when there is no record', async () => {
    expect(await exported(app, app.as('member'), { fields: ['name'], filter: { name: { equals: 'None' } } })).toBe(
      'name\r\n',
    )
  })
  it('is downloaded under a safe name, and neither cached nor shown', async () => {
    const response = await download(app, await addressOf(app.as('member'), { fields: ['name'] }))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': expect.stringMatching(/^attachment; filename="accounts-\d{4}-\d\d-\d\d\.csv"$/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    await response.text()
  })
})

describe('JSON Lines of an export', () => {
  it('have the form of the API', async () => {
    const fields = [
      'name',
      'parent.name',
      'annualRevenue.amount',
      'addresses.city',
      'addresses.country',
      'owner.displayName',
    ]
    expect(await exportedRows(app, app.as('member'), { fields, filter: { industry: { in: ['Energy'] } } })).toEqual([
      {
        name: 'Quote " and, comma',
        parent: { name: 'Top' },
        annualRevenue: null,
        addresses: [
          { city: 'Köln', country: 'DE' },
          { city: 'Bonn', country: 'DE' },
        ],
        owner: { displayName: 'Member' },
      },
    ])
  })
})
it('an export of an object with variants has the fields of all variants, each in a column of its own', async () => {
  const input = (subject: string, own: Readonly<Record<string, unknown>>) => ({ subject, ...own })
  await addInteraction(app.as('admin'), 'call', input('First', { durationSeconds: 90 }))
  await addInteraction(app.as('admin'), 'visit', input('Second', { location: 'Berlin' }))
  await addInteraction(app.as('admin'), 'meeting', input('Third', { location: 'Room 1' }))
  const fields = ['kind', 'subject', 'durationSeconds', 'location']
  expect(await exported(app, app.as('member'), { object: 'Interaction', fields })).toBe(
    [fields.join(), 'CALL,First,90,', 'VISIT,Second,,Berlin', 'MEETING,Third,,Room 1', ''].join('\r\n'),
  )
})
it('an export has the records of the list with the same arguments', async () => {
  const names = async (input: Readonly<Record<string, unknown>>) =>
    (await exportedRows(app, app.as('member'), { fields: ['name'], ...input })).map((row) =>
      Reflect.get(Object(row), 'name'),
    )
  expect(await names({})).toEqual(['Top', 'Quote " and, comma'])
  expect(await names({ includeDeleted: true, orderBy: [{ field: 'name' }] })).toEqual([
    'Gone',
    'Quote " and, comma',
    'Top',
  ])
  expect(await names({ search: 'comma' })).toEqual(['Quote " and, comma'])
  expect(await names({ filter: { parent: { is: { name: { equals: 'Top' } } } } })).toEqual(['Quote " and, comma'])
})
