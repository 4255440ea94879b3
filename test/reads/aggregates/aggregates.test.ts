import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { askerOf, type Person, teamOf, userWho } from '../../permissions/people.ts'
import { shareIndustry } from '../../permissions/sharing.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount } from '../../support/records.ts'
import { FISCAL_START, KEYS, keyOf, ZONE } from './keys.ts'
import { extremeOf, groupsOf, type Listed, present, sumOf } from './oracle.ts'

let app: TestApp
let boss: Person
let people: readonly Person[]

/** A deterministic choice by the index of a record. */
const choose = <Value>(values: readonly Value[], index: number, step: number): Value | undefined =>
  values[(index * step) % values.length]

beforeAll(async () => {
  app = await createTestApp()
  boss = await userWho(app, [])
  const seller = await userWho(app, ['account:*'], { above: boss.roleId })
  const mate = await userWho(app, ['account:*'])
  const stranger = await userWho(app, ['account:*'])
  people = [boss, seller, mate, stranger]
  const team = await teamOf(app, [boss, mate])
  const admin = app.as('admin')
  for (let index = 0; index < 60; index++) {
    const owner = choose([...people, null], index, 3)
    const amount = choose(['10.5', '0.07', '-3', '9999999999.9999', null], index, 7)
    await addAccount(admin, {
      name: `A${index % 9}`,
      type: choose(['PROSPECT', 'CUSTOMER', null], index, 1),
      industry: choose(['Retail', 'retail', 'Shared', null], index, 5),
      employeeCount: choose([0, 1, 5_000, null], index, 3),
      annualRevenue: amount === null ? null : { amount, currency: index % 4 === 0 ? 'USD' : 'EUR' },
      ownerId: owner ? encodeId('user', owner.actor.id) : null,
      teamId: index % 11 === 0 ? encodeId('team', team) : null,
    })
  }
  // Times around the ends of days, quarters and fiscal years, and around a change of the clocks.
  await app.database.ownerPool.query(
    `update accounts a set created_at = times.at from (
       select id, (array['2024-12-31T23:30:00Z', '2025-01-01T04:59:00Z', '2025-01-01T05:00:00Z', '2025-03-09T06:59:00Z',
         '2025-03-31T23:00:00Z', '2025-04-01T03:59:59Z', '2025-04-01T04:00:00Z', '2026-02-28T12:00:00Z'])[1 + row_number() over (order by id) % 8]::timestamptz as at
       from accounts) times where times.id = a.id`,
  )
  await shareIndustry(app, 'Shared', boss.roleId)
  await app.database.ownerPool.query(
    'update workspaces set time_zone = $2, fiscal_year_start_month = $3 where id = $1',
    [admin.actor.workspaceId, ZONE, FISCAL_START],
  )
})
beforeEach(async () => {
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [boss.roleId, ['account:read']])
})
afterAll(() => app.close())

const LIST = `query ($filter: AccountFilter, $search: String) { accounts(first: 200, filter: $filter, search: $search) { nodes {
  id name type industry employeeCount annualRevenue { amount currency } owner { id } createdAt } } }`
const VALUES =
  'count sum { employeeCount } avg { employeeCount } min { employeeCount createdAt } max { employeeCount createdAt }'
const DISTINCT = 'countDistinct { industry type owner name }'

const FILTERS: readonly object[] = [
  {},
  { type: { equals: 'CUSTOMER' } },
  { employeeCount: { gte: 1 } },
  { OR: [{ industry: { equals: 'retail', mode: 'INSENSITIVE' } }, { annualRevenue: { amount: { lt: '0' } } }] },
  { owner: { isNull: true } },
]
const GRANTS = [
  ['account:read', 'user:read'],
  ['account:read@own', 'user:read@own'],
  ['account:read@team', 'user:read'],
  ['account:read@hierarchy'],
  ['account:read@shared', 'user:read@own'],
  ['account:read'],
] as const

describe('an aggregate', () => {
  it('equals counting the records of the list one by one, for each caller, key, filter and time zone', async () => {
    const ask = askerOf(app, boss)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GRANTS),
        fc.uniqueArray(fc.constantFrom(...Object.keys(KEYS)), { maxLength: 3 }),
        fc.constantFrom(...FILTERS),
        fc.constantFrom(undefined, 'A1'),
        // Numbers of different values can't be added up, so a statement with them forms the groups in another way.
        fc.boolean(),
        async (grants, groupBy, filter, search, countsDistinct) => {
          const fields = groupBy.map((name) => String(Reflect.get(KEYS, name)))
          const selected = fields.map((field) => (field === 'owner' ? 'owner { id }' : field)).join(' ')
          const { data: list } = await ask(grants, LIST, { filter, search })
          const records = listAt(list, 'accounts.nodes').map((node): Listed => Object(node))
          app.resetStatements()
          const { data, errors } = await ask(
            grants,
            `query ($filter: AccountFilter, $search: String, $groupBy: [AccountGroupBy!]) {
              accountAggregate(filter: $filter, search: $search, groupBy: $groupBy, first: 1000) {
                hasMore groups { ${selected === '' ? '' : `key { ${selected} }`} ${VALUES} ${countsDistinct ? DISTINCT : ''} } } }`,
            { filter, search, groupBy },
          )
          expect(errors).toEqual([])
          expect(app.statements).toHaveLength(1)
          const expected = groupsOf(records, (record) => fields.map((field) => keyOf(record, field)))
          if (groupBy.length === 0 && expected.size === 0) expected.set('[]', [])
          const groups = listAt(data, 'accountAggregate.groups')
          const keys = groups.map((group) =>
            JSON.stringify(fields.map((field) => at(group, `key.${field === 'owner' ? 'owner.id' : field}`) ?? null)),
          )
          expect([...keys].sort()).toEqual([...expected.keys()].sort())
          for (const [index, key] of keys.entries()) {
            const members = expected.get(key) ?? []
            const counts = present(members, 'employeeCount')
            const average = at(groups[index], 'avg.employeeCount')
            expect(groups[index]).toMatchObject({
              count: members.length,
              ...(countsDistinct && {
                countDistinct: {
                  industry: new Set(present(members, 'industry')).size,
                  type: new Set(present(members, 'type')).size,
                  name: new Set(present(members, 'name')).size,
                  owner: new Set(present(members, 'owner.id')).size,
                },
              }),
              sum: { employeeCount: sumOf(counts) },
              min: { employeeCount: extremeOf(counts, -1), createdAt: extremeOf(present(members, 'createdAt'), -1) },
              max: { employeeCount: extremeOf(counts, 1), createdAt: extremeOf(present(members, 'createdAt'), 1) },
            })
            if (counts.length === 0) expect(average).toBeNull()
            else expect(Number(average)).toBeCloseTo(Number(sumOf(counts)) / counts.length, 4)
          }
        },
      ),
      { numRuns: 250, seed: 4711 },
    )
  })

  it('adds up amounts exactly within a currency, and names an error where there are several', async () => {
    const { accounts } = Object(await boss.must(LIST, {}))
    const records = listAt(accounts, 'nodes').map((node): Listed => Object(node))
    const byCurrency = await boss.must(`{ accountAggregate(groupBy: [ANNUAL_REVENUE_CURRENCY]) { groups {
      key { annualRevenueCurrency } sum { annualRevenue { amount currency } } max { annualRevenue { amount } } } } }`)
    for (const group of listAt(byCurrency, 'accountAggregate.groups')) {
      const currency = at(group, 'key.annualRevenueCurrency')
      const amounts = present(
        records.filter((record) => at(record, 'annualRevenue.currency') === currency),
        'annualRevenue.amount',
      )
      const sum = currency === null ? null : { amount: sumOf(amounts), currency }
      expect(at(group, 'sum.annualRevenue')).toEqual(sum)
      if (currency !== null) expect(at(group, 'max.annualRevenue.amount')).toBe(extremeOf(amounts, 1))
    }
    const { data, errors } = await boss.query(
      '{ accountAggregate { groups { count sum { annualRevenue { amount } employeeCount } } } }',
    )
    expect(at(data, 'accountAggregate.groups.0')).toMatchObject({ count: 60, sum: { annualRevenue: null } })
    expect(at(data, 'accountAggregate.groups.0.sum.employeeCount')).not.toBeNull()
    expect(errors).toMatchObject([
      { path: ['accountAggregate', 'groups', 0, 'sum', 'annualRevenue'], extensions: { code: 'MIXED_CURRENCIES' } },
    ])
  })

  it('orders groups by their values, with groups without a value last, and says whether there are more', async () => {
    const of = async (args: string) => {
      const answer = await boss.must(`{ accountAggregate(${args}) { hasMore groups { key { industry } count } } }`)
      return [
        listAt(answer, 'accountAggregate.groups').map((group) => at(group, 'key.industry')),
        at(answer, 'accountAggregate.hasMore'),
      ]
    }
    expect(await of('groupBy: [INDUSTRY]')).toEqual([['Retail', 'Shared', 'retail', null], false])
    expect(await of('groupBy: [INDUSTRY], orderBy: [{ industry: DESC }], first: 3')).toEqual([
      ['retail', 'Shared', 'Retail'],
      true,
    ])
    expect(
      await of(
        'groupBy: [INDUSTRY], filter: { annualRevenue: { currency: { equals: "EUR" } } }, orderBy: [{ sumAnnualRevenue: DESC }, { count: ASC }], first: 1',
      ),
    ).toMatchObject([[expect.anything()], true])
    expect(await of('groupBy: [INDUSTRY], having: { count: { gt: 1000 } }')).toEqual([[], false])
    expect(await of('groupBy: [INDUSTRY], first: 0')).toEqual([[], true])
  })

  it('groups records whose related record the caller may not see as records without one', async () => {
    const ask = askerOf(app, boss)
    const query = '{ accountAggregate(groupBy: [OWNER]) { groups { key { owner { id } } count } } }'
    const { data } = await ask(['account:read', 'user:read@own'], query)
    const groups = listAt(data, 'accountAggregate.groups')
    expect(groups.map((group) => at(group, 'key.owner.id') ?? null)).toEqual([encodeId('user', boss.actor.id), null])
    expect(groups.map((group) => at(group, 'count'))).toEqual([12, 48])
    // Conditions and orders are about the whole group, not about the records of one of the hidden owners.
    const { data: large } = await ask(
      ['account:read', 'user:read@own'],
      '{ accountAggregate(groupBy: [OWNER], having: { count: { gt: 12 } }, orderBy: [{ maxEmployeeCount: DESC }]) { groups { key { owner { id } } count max { employeeCount } } } }',
    )
    expect(at(large, 'accountAggregate.groups')).toEqual([
      { key: { owner: null }, count: 48, max: { employeeCount: 5_000 } },
    ])
  })

  it.each([
    ['groupBy: [INDUSTRY]', 'groups { count }'],
    ['groupBy: [TYPE, INDUSTRY]', 'groups { count }'],
    ['groupBy: [TYPE]', 'groups { key { industry } }'],
    ['groupBy: [TYPE]', 'groups { countDistinct { industry } }'],
    ['having: { countDistinctIndustry: { gt: 0 } }', 'groups { count }'],
    ['groupBy: [TYPE], orderBy: [{ countDistinctIndustry: ASC }]', 'groups { count }'],
    ['filter: { industry: { equals: "Retail" } }', 'groups { count }'],
  ])('is refused with %s { %s } to a caller who may not read industry on all records', async (args, selection) => {
    const ask = askerOf(app, boss)
    const query = `{ accountAggregate(${args}) { ${selection} } }`
    for (const industry of [[], ['account.industry:read@own']])
      expect(await ask(['account.type:read', ...industry], query)).toMatchObject({
        data: { accountAggregate: null },
        errors: [{ path: ['accountAggregate'], extensions: { code: 'FORBIDDEN' } }],
        permission: 'account.industry:read',
      })
    expect((await ask(['account.type:read', 'account.industry:read'], query)).errors).toEqual([])
  })

  it.each([
    ['groupBy: [TYPE, TYPE]', 'groupBy names TYPE twice.'],
    ['groupBy: [TYPE, INDUSTRY, NAME, OWNER, TIER, WEBSITE]', 'groupBy takes 5 keys at most, not 6.'],
    ['first: 1001', 'first takes 0 to 1000 groups, not 1001.'],
    ['first: -1', 'first takes 0 to 1000 groups, not -1.'],
    ['orderBy: [{ type: ASC }]', 'orderBy names type, by which the records are not grouped.'],
    ['groupBy: [TYPE], having: { sumAnnualRevenue: { gt: "1" } }', 'Add ANNUAL_REVENUE_CURRENCY to groupBy'],
    ['groupBy: [TYPE], orderBy: [{ maxAnnualRevenue: ASC }]', 'Add ANNUAL_REVENUE_CURRENCY to groupBy'],
    ['having: { count: { gt: null } }', 'takes no null'],
  ])('refuses %s', async (args, message) => {
    const { data, errors } = await boss.query(`{ accountAggregate(${args}) { groups { count } } }`)
    expect(data).toEqual({ accountAggregate: null })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(textAt(errors, '0.message')).toContain(message)
  })
})
