import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { type Person, userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { converted, type Rate } from './conversion-oracle.ts'

let app: TestApp
let boss: Person
/** Users whom the boss may not see. */
let hidden: readonly Person[]
let workspaceId: string

beforeAll(async () => {
  app = await createTestApp()
  boss = await userWho(app, ['account:*', 'exchangeRate:read', 'user:read@own'])
  hidden = [await userWho(app, []), await userWho(app, [])]
  workspaceId = boss.actor.workspaceId
})
afterAll(() => app.close())

/** Inserts what a run of a property test needs by SQL: creating it through the API would take minutes. */
async function given(
  amounts: readonly {
    readonly amount: string | null
    readonly currency: string
    readonly name: string
    readonly owner: number
  }[],
  rates: readonly Rate[],
): Promise<void> {
  const { ownerPool } = app.database
  await ownerPool.query('delete from exchange_rates')
  await ownerPool.query('delete from accounts')
  await ownerPool.query(
    `insert into exchange_rates (workspace_id, id, base_currency, currency, rate, valid_from, deleted_at, created_by_id, updated_by_id)
     select $1, gen_random_uuid(), r.base, r.currency, r.rate, r.valid_from, case when r.deleted then now() end, $2, $2
     from unnest($3::text[], $4::text[], $5::numeric[], $6::date[], $7::boolean[]) r(base, currency, rate, valid_from, deleted)`,
    [
      workspaceId,
      boss.actor.id,
      rates.map(({ baseCurrency }) => baseCurrency),
      rates.map(({ currency }) => currency),
      rates.map(({ rate }) => rate),
      rates.map(({ validFrom }) => validFrom),
      rates.map(({ isDeleted }) => isDeleted === true),
    ],
  )
  await ownerPool.query(
    `insert into accounts (workspace_id, id, name, annual_revenue_amount, annual_revenue_currency, owner_id, created_by_id, updated_by_id)
     select $1, gen_random_uuid(), a.name, a.amount, a.currency, a.owner_id, $2, $2 from unnest($3::text[], $4::numeric[], $5::text[], $6::uuid[]) a(name, amount, currency, owner_id)`,
    [
      workspaceId,
      boss.actor.id,
      amounts.map(({ name }) => name),
      amounts.map(({ amount }) => amount),
      amounts.map(({ currency }) => currency),
      amounts.map(({ owner }) => [boss, ...hidden][owner]?.actor.id),
    ],
  )
}

const CURRENCIES = ['EUR', 'USD', 'JPY', 'KWD', 'CHF'] as const
const DAYS = ['2025-12-31', '2026-01-01', '2026-02-28', '2026-03-09', '2026-03-10'] as const

const decimal = (digits: number, places: number) =>
  fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** BigInt(digits) - 1n }), fc.integer({ min: 0, max: places }))
    .map(([units, scale]) => {
      const text = String(units).padStart(scale + 1, '0')
      return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`
    })
const rate = fc
  .record({
    baseCurrency: fc.constantFrom('EUR', 'USD', 'CHF'),
    currency: fc.constantFrom(...CURRENCIES),
    rate: fc.oneof(fc.constantFrom('0.5', '3', '1.0843', '0.000000000001', '9999999999999999'), decimal(12, 12)),
    validFrom: fc.constantFrom(...DAYS),
    isDeleted: fc.nat({ max: 9 }).map((number) => number === 0),
  })
  .filter(({ baseCurrency, currency }) => baseCurrency !== currency)
const rates = fc.uniqueArray(rate, {
  minLength: 12,
  maxLength: 40,
  selector: ({ baseCurrency, currency, validFrom }) => `${baseCurrency} ${currency} ${validFrom}`,
})
const amounts = fc.array(
  fc.record({
    // A currency without an amount is no money, so it needs no rate.
    amount: fc.option(
      fc
        .tuple(fc.boolean(), fc.oneof(fc.constantFrom('0', '0.005', '0.0001', '1'), decimal(16, 4)))
        .map(([isNegative, text]) => (isNegative ? `-${text}` : text)),
    ),
    currency: fc.constantFrom(...CURRENCIES),
    name: fc.constantFrom('A', 'B'),
    owner: fc.nat({ max: 2 }),
  }),
  { maxLength: 8 },
)

const MONEY = 'annualRevenue { amount currency }'
const QUERY = `query ($by: AccountGroupBy!, $to: CurrencyCode!, $on: Date) { accountAggregate(groupBy: [$by], convertTo: { currency: $to, on: $on }) {
  conversion { currency on rates { baseCurrency currency rate validFrom } }
  groups { key { name owner { id } } count sum { ${MONEY} } avg { ${MONEY} } min { ${MONEY} } max { ${MONEY} } } } }`

it('convertTo of an aggregate equals converting the amounts one by one with exact fractions, and rounding once', async () => {
  let convertedGroups = 0
  await fc.assert(
    fc.asyncProperty(
      amounts,
      rates,
      fc.constantFrom(...CURRENCIES),
      fc.constantFrom(...DAYS),
      // The records of hidden owners are one group, which is merged from a part for each owner.
      fc.constantFrom('NAME', 'OWNER'),
      async (amounts, rates, to, on, by) => {
        await given(amounts, rates)
        app.resetStatements()
        const { data, errors } = await boss.query(QUERY, { by, to, on })
        expect(app.statements).toHaveLength(1)
        const keyOf = ({ name, owner }: (typeof amounts)[number]) =>
          by === 'NAME' ? name : owner === 0 ? encodeId('user', boss.actor.id) : null
        const groups = listAt(data, 'accountAggregate.groups')
        const used: Rate[] = []
        const missing: string[] = []
        for (const group of groups) {
          const key = at(group, by === 'NAME' ? 'key.name' : 'key.owner.id') ?? null
          const members = amounts.flatMap((each) =>
            keyOf(each) === key && each.amount !== null ? [{ amount: each.amount, currency: each.currency }] : [],
          )
          const expected = converted(members, rates, to, on)
          used.push(...expected.rates)
          for (const name of ['sum', 'avg', 'min', 'max'] as const) {
            missing.push(...expected.missing.slice(0, 1))
            const amount = expected[name]
            expect([name, at(group, `${name}.annualRevenue`)]).toEqual([
              name,
              amount === null ? null : { amount, currency: to },
            ])
          }
          if (expected.sum !== null) convertedGroups++
        }
        expect(groups).toHaveLength(new Set(amounts.map(keyOf)).size)
        expect(errors.map(({ extensions }) => extensions)).toEqual(
          missing.map((currency) => ({ code: 'NO_EXCHANGE_RATE', currency, convertTo: to, on })),
        )
        const told = new Set(
          [...new Set(used)].map((rate) => `${rate.baseCurrency} ${rate.currency} ${rate.validFrom}`),
        )
        expect(at(data, 'accountAggregate.conversion')).toMatchObject({ currency: to, on })
        expect(
          listAt(data, 'accountAggregate.conversion.rates').map(
            (each) => `${at(each, 'baseCurrency')} ${at(each, 'currency')} ${at(each, 'validFrom')}`,
          ),
        ).toEqual([...told].sort())
      },
    ),
    { numRuns: 250, seed: 4711 },
  )
  // Without this many the test would say little.
  expect(convertedGroups).toBeGreaterThan(100)
})
