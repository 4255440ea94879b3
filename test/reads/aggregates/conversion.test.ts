import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { askerOf, type Person, userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { postJson } from '../../support/post.ts'
import { addAccount, addRecord, setDeleted } from '../../support/records.ts'

let app: TestApp
let boss: Person
/** Two minutes after midnight in the time zone of the workspace, when it is still the day before in UTC. */
const NOW = new Date('2026-03-09T22:02:00Z')

beforeAll(async () => {
  app = await createTestApp({ now: () => NOW })
  boss = await userWho(app, ['account:*', 'exchangeRate:read'])
  await app.database.ownerPool.query("update workspaces set time_zone = 'Europe/Helsinki' where id = $1", [
    boss.actor.workspaceId,
  ])
})
beforeEach(async () => {
  await app.database.ownerPool.query('delete from exchange_rates')
  await app.database.ownerPool.query('delete from accounts')
})
afterAll(() => app.close())

describe('convertTo of an aggregate', () => {
  const add = (baseCurrency: string, currency: string, rate: string, validFrom: string) =>
    addRecord(app.as('admin'), 'ExchangeRate', { baseCurrency, currency, rate, validFrom })
  const account = (name: string, amount: string, currency: string) =>
    addAccount(app.as('admin'), { name, annualRevenue: { amount, currency } })
  const SUM = 'groups { sum { annualRevenue { amount currency } } }'

  it('uses the rates of today where the workspace is, and says which', async () => {
    await account('A', '100', 'USD')
    await account('B', '0.005', 'EUR')
    await add('EUR', 'USD', '2', '2026-03-09')
    await add('EUR', 'USD', '1.25', '2026-03-10')
    await add('EUR', 'USD', '8', '2026-03-11')
    const data = await boss.must(
      `{ accountAggregate(convertTo: { currency: EUR }) { __typename hasMore conversion { __typename currency on rates { __typename rate validFrom } } ${SUM} } }`,
    )
    expect(at(data, 'accountAggregate')).toEqual({
      __typename: 'AccountAggregate',
      hasMore: false,
      conversion: {
        __typename: 'CurrencyConversion',
        currency: 'EUR',
        on: '2026-03-10',
        rates: [{ __typename: 'ExchangeRate', rate: '1.25', validFrom: '2026-03-10' }],
      },
      groups: [{ sum: { annualRevenue: { amount: '80.01', currency: 'EUR' } } }],
    })
  })

  it('prefers the base whose older rate is newer, and then the first by alphabet', async () => {
    await account('A', '100', 'GBP')
    const sum = async () =>
      at(
        await boss.must(`{ accountAggregate(convertTo: { currency: SEK, on: "2026-03-05" }) { ${SUM} } }`),
        'accountAggregate.groups.0.sum.annualRevenue.amount',
      )
    await add('EUR', 'GBP', '2', '2026-03-01')
    await add('EUR', 'SEK', '10', '2026-03-04')
    expect(await sum()).toBe('500.00')
    await add('CHF', 'GBP', '1', '2026-03-02')
    const newer = await add('CHF', 'SEK', '7', '2026-03-02')
    expect(await sum()).toBe('700.00')
    await add('EUR', 'GBP', '4', '2026-03-02')
    expect(await sum()).toBe('700.00')
    await add('GBP', 'SEK', '9', '2026-03-03')
    expect(await sum()).toBe('900.00')
    await setDeleted(app.as('admin'), 'delete', 'ExchangeRate', newer)
    await add('SEK', 'GBP', '8', '2026-03-05')
    expect(await sum()).toBe('12.50')
  })

  it('lets having and orderBy compare the converted amounts of groups, rounded as they are shown', async () => {
    await add('EUR', 'USD', '1.25', '2026-01-01')
    await account('A', '100', 'USD')
    await account('B', '79.996', 'EUR')
    await account('C', '500', 'USD')
    const of = async (args: string) => {
      app.resetStatements()
      const data = await boss.must(
        `{ accountAggregate(groupBy: [NAME], convertTo: { currency: EUR }, ${args}) { groups { key { name } } } }`,
      )
      expect(app.statements).toHaveLength(1)
      return listAt(data, 'accountAggregate.groups').map((group) => at(group, 'key.name'))
    }
    expect(await of('orderBy: [{ sumAnnualRevenue: DESC }]')).toEqual(['C', 'A', 'B'])
    expect(await of('having: { sumAnnualRevenue: { equals: "80" } }')).toEqual(['A', 'B'])
    expect(await of('having: { avgAnnualRevenue: { gt: "80" } }')).toEqual(['C'])
  })

  it('makes the whole aggregate null where groups would be left out by amounts without a rate', async () => {
    await account('A', '1', 'GBP')
    await account('B', '1', 'EUR')
    for (const args of ['having: { minAnnualRevenue: { gt: "0" } }', 'orderBy: [{ maxAnnualRevenue: ASC }], first: 0'])
      expect(
        await boss.query(
          `{ accountAggregate(groupBy: [NAME], convertTo: { currency: EUR }, ${args}) { groups { count } } }`,
        ),
      ).toMatchObject({
        data: { accountAggregate: null },
        errors: [
          {
            path: ['accountAggregate'],
            message:
              'Account.annualRevenue has amounts in GBP here, and there is no exchange rate between GBP and EUR on 2026-03-10 or before. Create one, convert to another currency, or leave these amounts out by the filter.',
            extensions: { code: 'NO_EXCHANGE_RATE', currency: 'GBP' },
          },
        ],
      })
  })

  it('costs a group with an amount without a rate only this value', async () => {
    await account('A', '1', 'GBP')
    await account('B', '1', 'EUR')
    const { data, errors } = await boss.query(
      '{ accountAggregate(groupBy: [NAME], convertTo: { currency: EUR }) { groups { count sum { annualRevenue { amount } } } } }',
    )
    expect(at(data, 'accountAggregate.groups')).toEqual([
      { count: 1, sum: { annualRevenue: null } },
      { count: 1, sum: { annualRevenue: { amount: '1.00' } } },
    ])
    expect(errors).toMatchObject([
      { path: ['accountAggregate', 'groups', 0, 'sum', 'annualRevenue'], extensions: { code: 'NO_EXCHANGE_RATE' } },
    ])
  })

  it('needs no permission on exchange rates, which only `rates` shows, as far as the caller may see them', async () => {
    await account('A', '10', 'USD')
    await add('EUR', 'USD', '1.25', '2026-01-01')
    const ask = askerOf(app, boss)
    const query = `{ accountAggregate(convertTo: { currency: EUR }) { conversion { on rates { currency rate } } ${SUM} } }`
    const groups = [{ sum: { annualRevenue: { amount: '8.00', currency: 'EUR' } } }]
    const grants: readonly [readonly string[], unknown, boolean][] = [
      [['account:read'], null, true],
      [['account:read', 'exchangeRate.currency:read'], null, true],
      [['account:read', 'exchangeRate:read@own'], [], false],
      [['account:read', 'exchangeRate:read'], [{ currency: 'USD', rate: '1.25' }], false],
    ]
    try {
      for (const [permissions, rates, isRefused] of grants) {
        const { data, errors } = await ask(permissions, query)
        expect(at(data, 'accountAggregate')).toEqual({ conversion: { on: '2026-03-10', rates }, groups })
        expect(errors).toMatchObject(
          isRefused ? [{ path: ['accountAggregate', 'conversion', 'rates'], extensions: { code: 'FORBIDDEN' } }] : [],
        )
      }
      expect(await ask(['account.type:read', 'exchangeRate:read'], query)).toMatchObject({
        data: { accountAggregate: null },
        permission: 'account.annualRevenue:read',
      })
    } finally {
      await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [
        boss.roleId,
        ['account:*', 'exchangeRate:read'],
      ])
    }
  })

  it('leaves the statement as it is without the argument, and `conversion` null', async () => {
    await account('A', '10', 'USD')
    app.resetStatements()
    const data = await boss.must(`{ accountAggregate { conversion { currency rates { rate } } ${SUM} } }`)
    expect(at(data, 'accountAggregate')).toMatchObject({
      conversion: null,
      groups: [{ sum: { annualRevenue: { amount: '10.00', currency: 'USD' } } }],
    })
    expect(app.statements).toHaveLength(1)
    expect(JSON.stringify(app.statements)).not.toContain('exchange_rates')
  })

  it('costs 10 points more', async () => {
    const costOf = async (args: string) => {
      const { json } = await postJson(
        app,
        { query: `{ accountAggregate${args} { hasMore } }` },
        { 'graphql-cost': 'true' },
      )
      return Number(at(json, 'extensions.cost.requested'))
    }
    expect((await costOf('(convertTo: { currency: EUR })')) - (await costOf(''))).toBe(10)
  })

  it.each(['currency: XXY', 'currency: EUR, on: "2026-02-30"', 'on: "2026-02-01"'])(
    'refuses { %s }',
    async (convertTo) => {
      const { errors } = await boss.query(`{ accountAggregate(convertTo: { ${convertTo} }) { groups { count } } }`)
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    },
  )
})
