import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import type { RowReference } from '../../../src/platform/declare/objects/field-sql.ts'
import { computed } from '../../../src/platform/declare/objects/fields.ts'
import { defineQuery } from '../../../src/platform/declare/query.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addRecord } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { composer } from '../schema/compose-plugins.ts'

const currency = { type: 'CurrencyCode', isRequired: true, description: 'The currency.' } as const

const revenueOf = (account: RowReference) =>
  sql`select ${account.column('annualRevenueAmount')} as amount, ${account.column('annualRevenueCurrency')} as currency`

const converting = testPlugin('converting', {
  permissions: ['account:read'],
  reads: ['accounts'],
  extend: {
    Account: {
      revenueIn: computed({
        description: 'Revenue in a currency, by default at the rate of today.',
        type: 'Money',
        args: { currency, on: { type: 'Date', description: 'The day.' } },
        value: (account, { currency, on }) => account.convertedSum(revenueOf(account), currency, on ?? undefined),
      }),
      revenueWhenFounded: computed({
        description: 'Revenue in a currency, at the rate of the year in which the organisation was founded.',
        type: 'Money',
        args: { currency },
        // The alias is one that the SQL of the platform has too.
        value: (account, { currency }) => sql`select converted.* from (
          select make_date(${account.column('foundedYear')}, 1, 1) as day) pairs cross join lateral (
          ${account.convertedSum(revenueOf(account), currency, sql`pairs.day`)}) converted`,
      }),
      revenueOfAll: computed({
        description: 'Revenue of all organisations that the caller sees.',
        type: 'Money',
        args: { currency },
        value: (account, { currency }) =>
          account.convertedSum(
            sql`select source.annual_revenue_amount as amount, source.annual_revenue_currency as currency from accounts source
              where source.workspace_id = ${account.column('workspaceId')} and source.deleted_at is null and ${account.sees('Account', sql`source`)}`,
            currency,
          ),
      }),
    },
  },
  queries: [
    defineQuery({
      name: 'convertAmount',
      description: 'Converts.',
      permission: 'account:read',
      args: {
        amount: { type: 'String', isRequired: true, description: 'The amount.' },
        from: { type: 'String', isRequired: true, description: 'Its currency.' },
        to: { type: 'String', isRequired: true, description: 'The other currency.' },
        on: { type: 'String', description: 'The day.' },
      },
      answer: { type: 'Money', isNullable: true },
      run: ({ amount, from, to, on }, { convertMoney }) =>
        convertMoney({ amount, currency: from }, to, on ?? undefined),
    }),
  ],
})

describe('amounts of money that a plugin converts', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp({ plugins: [{ plugin: converting }], now: () => new Date('2026-03-10T12:00:00Z') })
    const admin = app.as('admin')
    for (const [baseCurrency, currency, rate, validFrom] of [
      ['EUR', 'USD', '1.25', '2000-01-01'],
      ['EUR', 'USD', '3', '2026-03-01'],
      ['EUR', 'USD', '7', '2026-03-11'],
    ])
      await addRecord(admin, 'ExchangeRate', { baseCurrency, currency, rate, validFrom })
    await addAccount(admin, {
      name: 'A',
      foundedYear: 2001,
      annualRevenue: { amount: '1000.01', currency: 'USD' },
    })
    await addAccount(admin, { name: 'B', foundedYear: 1999, annualRevenue: { amount: '0.5', currency: 'USD' } })
    await addAccount(admin, { name: 'C', foundedYear: 2001, annualRevenue: { amount: '2', currency: 'EUR' } })
    await addAccount(admin, { name: 'D' })
  })
  afterAll(() => app.close())

  it('have the rate of a day, of today, or of a column, in one statement for all records', async () => {
    app.resetStatements()
    const data = await app.as('member').must(
      `{ accounts(orderBy: [{ name: ASC }]) { nodes { name
        now: revenueIn(currency: EUR) { amount currency } before: revenueIn(currency: EUR, on: "2025-12-31") { amount }
        never: revenueIn(currency: GBP) { amount } dollars: revenueIn(currency: USD) { amount }
        revenueWhenFounded(currency: EUR) { amount } } } }`,
    )
    expect(app.statements).toHaveLength(1)
    const none = { now: null, before: null, never: null, dollars: null, revenueWhenFounded: null }
    expect(listAt(data, 'accounts.nodes')).toEqual([
      {
        name: 'A',
        now: { amount: '333.34', currency: 'EUR' },
        before: { amount: '800.01' },
        never: null,
        dollars: { amount: '1000.01' },
        revenueWhenFounded: { amount: '800.01' },
      },
      {
        ...none,
        name: 'B',
        now: { amount: '0.17', currency: 'EUR' },
        before: { amount: '0.40' },
        dollars: { amount: '0.50' },
      },
      {
        ...none,
        name: 'C',
        now: { amount: '2.00', currency: 'EUR' },
        before: { amount: '2.00' },
        dollars: { amount: '6.00' },
        revenueWhenFounded: { amount: '2.00' },
      },
      { ...none, name: 'D' },
    ])
  })

  it('are added up exactly and rounded once', async () => {
    const data = await app
      .as('member')
      .must('{ accounts(first: 1) { nodes { revenueOfAll(currency: EUR) { amount } } } }')
    expect(at(data, 'accounts.nodes.0.revenueOfAll')).toEqual({ amount: '335.50' })
    const dollars = await app
      .as('member')
      .must('{ accounts(first: 1) { nodes { revenueOfAll(currency: USD) { amount } } } }')
    expect(at(dollars, 'accounts.nodes.0.revenueOfAll')).toEqual({ amount: '1006.51' })
  })

  it('are converted by code with one statement, and null where there is no rate', async () => {
    const convert = async (amount: string, from: string, to: string, on?: string) => {
      const { data, errors } = await app
        .as('member')
        .query(
          'query ($amount: String!, $from: String!, $to: String!, $on: String) { convertAmount(amount: $amount, from: $from, to: $to, on: $on) { amount currency } }',
          { amount, from, to, on },
        )
      expect(errors).toEqual([])
      return at(data, 'convertAmount')
    }
    expect(await convert('10', 'USD', 'EUR')).toEqual({ amount: '3.33', currency: 'EUR' })
    expect(await convert('-0.025', 'USD', 'EUR', '2026-02-28')).toEqual({ amount: '-0.02', currency: 'EUR' })
    expect(await convert('0.005', 'EUR', 'EUR')).toEqual({ amount: '0.01', currency: 'EUR' })
    expect(await convert('10', 'USD', 'EUR', '1999-12-31')).toBeNull()
    expect(await convert('10', 'USD', 'GBP')).toBeNull()
  })

  it.each([
    ['ten', 'USD', 'EUR', undefined],
    ['10', 'usd', 'EUR', undefined],
    ['10', 'USD', 'XXY', undefined],
    ['10', 'USD', 'EUR', '2026-02-30'],
    ['10', 'USD', 'EUR', 'soon'],
  ])('are not converted for %s %s to %s on %s', async (amount, from, to, on) => {
    const { errors } = await app
      .as('member')
      .query(
        'query ($amount: String!, $from: String!, $to: String!, $on: String) { convertAmount(amount: $amount, from: $from, to: $to, on: $on) { amount } }',
        { amount, from, to, on },
      )
    expect(errors).toMatchObject([{ extensions: { code: 'PLUGIN_FAILED' } }])
    await app.database.ownerPool.query(
      'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
    )
  })
})

describe('composing a plugin is refused', () => {
  it.each([
    ['amounts', sql`select p.hash::numeric as amount, 'EUR' as currency from passwords p`, undefined],
    ['day', sql`select 1 as amount, 'EUR' as currency`, sql`(select p.changed_at::date from passwords p limit 1)`],
  ])('when the %s that it converts read a table that it may not read', async (_, amounts, on) => {
    const compose = await composer()
    const field = computed({
      description: 'An amount.',
      type: 'Money',
      value: (account) => account.convertedSum(amounts, 'EUR', on),
    })
    expect(() => compose(testPlugin('one', { extend: { Account: { field } } }))).toThrow(/it reads passwords/)
  })
})
