import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestActor, TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { doTally, TALLY, tally } from '../tally/plugin.ts'

let app: TestApp
/** A user who may read two fields of accounts. */
let clerk: TestClient<TestActor>
/** A user who may read accounts, and the revenue of their own. */
let seller: TestClient<TestActor>

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: tally, directory: TALLY }] })
  clerk = await userWho(app, ['account.name:read', 'account.industry:read'])
  seller = await userWho(app, ['account:create', 'account.name:read', 'account.annualRevenue:read@own'])
  const revenue = (amount: string) => ({ annualRevenue: { amount, currency: 'EUR' } })
  const admin = app.as('admin')
  await addAccount(admin, { name: 'A', industry: 'Tools', tier: 'Gold', employeeCount: 5, ...revenue('0.1') })
  await addAccount(admin, { name: 'B', industry: 'Tools', tier: 'Gold', employeeCount: 7, ...revenue('0.2') })
  await addAccount(admin, { name: 'C', industry: 'Food', tier: 'Iron', ...revenue('9007199254740993.0001') })
  await addAccount(app.as('admin', 'globex'), { name: 'D', industry: 'Tools', ...revenue('5') })
})
afterAll(() => app.close())

const totals = (client: TestClient<TestActor>) =>
  doTally(client, async ({ prisma }) => {
    const { _sum, _avg, _count, _max } = await prisma.account.aggregate({
      _sum: { annualRevenueAmount: true, employeeCount: true },
      _avg: { employeeCount: true },
      _max: { name: true },
      _count: { _all: true, employeeCount: true },
    })
    return { revenue: _sum.annualRevenueAmount, employees: _sum.employeeCount, _avg, _max, _count }
  })

const byTier = (client: TestClient<TestActor>) =>
  doTally(client, async ({ prisma }) =>
    prisma.account.groupBy({
      by: ['tier'],
      _count: { _all: true },
      _sum: { annualRevenueAmount: true },
      orderBy: { tier: 'asc' },
    }),
  )

describe('`aggregate` of `prisma`', () => {
  it('adds amounts of money exactly, of the records of the workspace', async () => {
    expect(await totals(app.as('admin'))).toMatchObject({
      errors: [],
      answer: {
        revenue: '9007199254740993.3001',
        employees: 12,
        _avg: { employeeCount: 6 },
        _max: { name: 'C' },
        _count: { _all: 3, employeeCount: 2 },
      },
    })
  })

  it('gives nothing for a column that the caller may not read', async () => {
    expect((await totals(clerk)).answer).toEqual({
      revenue: null,
      employees: null,
      _avg: { employeeCount: null },
      _max: { name: 'C' },
      _count: { _all: 3, employeeCount: 0 },
    })
  })

  it('adds a column that the caller may read on some records, on these records only', async () => {
    await addAccount(seller, { name: 'Own' })
    expect((await totals(seller)).answer).toMatchObject({ revenue: null, _count: { _all: 4 } })
    await app.database.ownerPool.query(
      `update accounts set owner_id = $1, annual_revenue_amount = 7.5, annual_revenue_currency = 'EUR' where name = 'Own'`,
      [seller.actor.id],
    )
    expect((await totals(seller)).answer).toMatchObject({ revenue: '7.5', _count: { _all: 4 } })
    await app.database.ownerPool.query(`update accounts set deleted_at = now() where name = 'Own'`)
  })
})

describe('`groupBy` of `prisma`', () => {
  it('groups the visible records by a column', async () => {
    expect((await byTier(app.as('admin'))).answer).toEqual([
      { tier: 'Gold', _count: { _all: 2 }, _sum: { annualRevenueAmount: '0.3' } },
      { tier: 'Iron', _count: { _all: 1 }, _sum: { annualRevenueAmount: '9007199254740993.0001' } },
    ])
  })

  it('puts all records into one group without a value, by a column that the caller may not read', async () => {
    expect((await byTier(clerk)).answer).toEqual([
      { tier: null, _count: { _all: 3 }, _sum: { annualRevenueAmount: null } },
    ])
  })

  it('does not tell a hidden column by a condition on it, or on its sum', async () => {
    const { answer } = await doTally(clerk, async ({ prisma }) => [
      await prisma.account.count({ where: { tier: 'Gold' } }),
      await prisma.account.count({ where: { annualRevenueAmount: { gt: 0 } } }),
      await prisma.account.groupBy({ by: ['name'], having: { employeeCount: { _sum: { gt: 1 } } } }),
    ])
    expect(answer).toEqual([0, 0, []])
  })
})
