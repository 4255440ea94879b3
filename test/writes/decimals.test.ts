import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

it('an amount of money with more decimal places than are stored is refused, and not rounded', async () => {
  const made = await addAccount(app.as('admin'), {
    name: 'Exact',
    annualRevenue: { amount: '0.0001', currency: 'EUR' },
  })
  for (const [amount, message] of [
    ['0.00001', 'At most 4 decimal places.'],
    ['1.123456789012', 'At most 4 decimal places.'],
  ]) {
    const data = await app
      .as('admin')
      .must(
        'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } userErrors { code path message } } }',
        { input: { id: made.id, version: 1, annualRevenue: { amount, currency: 'EUR' } } },
      )
    expect(at(data, 'updateAccount')).toEqual({
      account: null,
      userErrors: [{ code: 'INVALID', path: ['input', 'annualRevenue', 'amount'], message }],
    })
  }
})
