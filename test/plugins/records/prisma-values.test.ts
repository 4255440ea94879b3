import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Act } from '../../../src/platform/declare/rules/act.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { bookOf, booksOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

const lend: Act = {
  name: 'lendBook',
  description: 'Lends a book at a price.',
  object: 'Book',
  input: {
    price: { type: 'Decimal', isRequired: true, description: 'The price.' },
    day: { type: 'Date', isRequired: true, description: 'First day.' },
  },
  apply: (_book, _context, { price, day }) => ({ patch: { price, title: `Lent on ${String(day)}` } }),
}

const plugin = {
  ...shelf,
  permissions: [
    ...(shelf.permissions ?? []),
    'account:read',
    'account.annualRevenue:read',
    'contact:read',
    'contact:create',
    'contact:update',
    'contact.birthday:read',
  ] as const,
  acts: [lend],
}

const { log, lines } = captureLog()
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin, directory: SHELF }], log })
  await app.as('admin').must(`mutation {
    createContact(input: { lastName: "Lovelace", birthday: "1990-05-01" }) { userErrors { message } }
    createAccount(input: { name: "Acme", annualRevenue: { amount: "1234.5", currency: EUR } }) { userErrors { message } }
  }`)
})
afterAll(() => app.close())

describe('a day that Prisma returned', () => {
  it('is taken by inputs and filters of `records`', async () => {
    const { answer, errors } = await doShelf(app.as('admin'), async ({ records, prisma }) => {
      const { birthday } = await prisma.contact.findFirstOrThrow({ where: { lastName: 'Lovelace' } })
      const { id } = await records.create('Contact', { lastName: 'Twin', birthday })
      const sameDay = await records.find('Contact', { filter: { birthday: { in: birthday ? [birthday] : [] } } })
      await records.update('Contact', String(id), { birthday: new Date('1991-12-31') })
      return [birthday instanceof Date, sameDay.length, await records.get('Contact', String(id))]
    })
    expect(errors).toEqual([])
    expect(answer).toMatchObject([true, 2, { lastName: 'Twin', birthday: '1991-12-31' }])
  })

  it('has to be at midnight UTC', async () => {
    const { errors } = await doShelf(app.as('admin'), ({ records }) =>
      records.create('Contact', { lastName: 'Late', birthday: new Date('1990-05-01T22:00:00Z') }),
    )
    expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'shelf' })
    expect(lines.join()).toContain('A day is the Date 1990-05-01T22:00:00.000Z. Pass a Date at midnight UTC')
  })
})

describe('a decimal that Prisma returned', () => {
  it('is taken by inputs, columns, filters and acts of `records`, exactly', async () => {
    const { answer, errors } = await doShelf(app.as('admin'), async ({ records, prisma }) => {
      const { annualRevenueAmount: amount } = await prisma.account.findFirstOrThrow({ where: { name: 'Acme' } })
      if (!amount) throw new Error('The account has no revenue.')
      const day = new Date('2026-01-31')
      const written = [
        await records.create('Account', { name: 'Other', annualRevenue: { amount, currency: 'EUR' } }),
        await records.create('Book', bookOf('created', { price: amount })),
        await records.upsert('Book', bookOf('created', { price: amount.times('100000000000.1') })),
        await records.insert('Book', { ...bookOf('inserted', { price: amount }), changedAt: day }),
      ]
      const ids = written.map(({ id }) => String(id))
      await records.patch('Book', String(ids[3]), { price: amount.plus('0.0001') })
      const found = await records.find('Book', { filter: { price: { equals: amount.plus('0.0001') } } })
      await records.act('lendBook', String(ids[2]), { price: amount.plus(1), day })
      return [found, await records.get('Book', String(ids[2])), written.flatMap(({ userErrors }) => userErrors)]
    })
    expect(errors).toEqual([])
    expect(answer).toMatchObject([
      [{ number: 'inserted', price: '1234.5001' }],
      { number: 'created', price: '1235.5000', title: 'Lent on 2026-01-31' },
      [],
    ])
    const { rows } = await app.database.ownerPool.query(
      `select changes->'price' as price from audit_entries where type = 'Book' order by id`,
    )
    expect(rows.map(({ price }) => at(price, 'to'))).toEqual([
      '1234.50',
      '123450000000123.45',
      '1234.50',
      '1234.5001',
      '1235.50',
    ])
    expect(await booksOf(app.as('admin'), 'inserted')).toHaveLength(1)
  })
})
