import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Columns of several types, of the record and of a related one. */
const COLUMNS = { id: true, name: true, annualRevenueAmount: true, employeeCount: true, createdAt: true } as const

/** A plugin that reads the same columns by `select` and by Prisma Client, and says how the values are typed. */
const typed = testPlugin('typed', {
  permissions: ['account:read'],
  schema(builder, { Account }) {
    builder.prismaObjectFields(Account, (t) => ({
      selected: t.field({
        type: 'JSON',
        description: 'Values that are selected.',
        select: { ...COLUMNS, parent: { select: COLUMNS } },
        resolve: describeValues,
      }),
      found: t.field({
        type: 'JSON',
        description: 'Values that Prisma finds.',
        select: { id: true },
        resolve: async ({ id }, _args, { prisma }) =>
          describeValues(
            await prisma.account.findFirstOrThrow({
              where: { id },
              select: { ...COLUMNS, parent: { select: COLUMNS } },
            }),
          ),
      }),
    }))
  },
})

/** Returns each value with the name of its type, because JSON has fewer types. */
function describeValues(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, unknown]) => {
      if (part === null || typeof part !== 'object') return [name, [typeof part, part]]
      if (part instanceof Date || 'toFixed' in part) return [name, [part.constructor.name, String(part)]]
      return [name, describeValues(part)]
    }),
  )
}

let app: TestApp
let branch: Made
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: typed }] })
  const parent = await addAccount(app.as('admin'), {
    name: 'Acme',
    annualRevenue: { amount: '12345678901234.55', currency: 'EUR' },
  })
  branch = await addAccount(app.as('admin'), { name: 'Beta', employeeCount: 12, parentId: parent.id })
})
afterAll(() => app.close())

it('selected values have the types and values that Prisma Client returns', async () => {
  const data = await app.as('reader').must(`{ account(id: "${branch.id}") { selected found } }`)
  expect(at(data, 'account.selected')).toEqual(at(data, 'account.found'))
  expect(at(data, 'account.selected.createdAt.0')).toBe('Date')
  expect(at(data, 'account.selected.parent.annualRevenueAmount')).toEqual([
    expect.stringMatching(/^(Decimal|i)/),
    '12345678901234.55',
  ])
})
