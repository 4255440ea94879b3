import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, setDeleted } from '../support/records.ts'
import { makeOrganisations, type Organisation, pageOfAccounts, TYPES, walk } from './organisations.ts'

let app: TestApp
let organisations: readonly Organisation[]

beforeAll(async () => {
  app = await createTestApp()
  organisations = await makeOrganisations(app.as('admin'), 60)
  // A running server has statistics too: without them filters with four nested relations take PostgreSQL seconds.
  await app.database.ownerPool.query('analyze')
})
afterAll(() => app.close())

type Key = 'name' | 'industry' | 'type' | 'employeeCount' | 'annualRevenue' | 'createdAt'
type Direction = 'ASC' | 'DESC'
interface Term {
  readonly key: Key
  readonly direction: Direction
}

const place = new Map<string, number>()

/** The value by which the database sorts; null comes after every other value. */
function sortValue(organisation: Organisation, key: Key): string | number | null {
  if (key === 'createdAt') return place.get(organisation.id) ?? 0
  if (key === 'annualRevenue') return organisation.annualRevenue ? Number(organisation.annualRevenue.amount) : null
  if (key === 'type') return organisation.type === null ? null : TYPES.indexOf(organisation.type)
  return organisation[key]
}

function compare(one: string | number | null, other: string | number | null): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one < other ? -1 : 1
}

/** Ids in the documented order: by each term, then by id in the direction of the last term. */
function sorted(terms: readonly Term[]): string[] {
  const last = terms.at(-1)?.direction ?? 'ASC'
  return organisations
    .toSorted((one, other) => {
      for (const { key, direction } of terms) {
        const order = compare(sortValue(one, key), sortValue(other, key)) * (direction === 'ASC' ? 1 : -1)
        if (order !== 0) return order
      }
      return compare(one.id, other.id) * (last === 'ASC' ? 1 : -1)
    })
    .map(({ id }) => id)
}

const terms = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom<Key>('name', 'industry', 'type', 'employeeCount', 'annualRevenue', 'createdAt'),
    direction: fc.constantFrom<Direction>('ASC', 'DESC'),
  }),
  {
    selector: ({ key }) => key,
    maxLength: 4,
  },
)

describe('pages', () => {
  it('return every account once and in the documented order, forwards and backwards, for any orderBy and page size', async () => {
    for (const [index, { id }] of organisations.entries()) place.set(id, index)
    await fc.assert(
      fc.asyncProperty(terms, fc.integer({ min: 1, max: 70 }), async (chosen, size) => {
        const list = { orderBy: chosen.map(({ key, direction }) => ({ [key]: direction })) }
        const expected = sorted(chosen)
        const forwards = await walk(app.as('reader'), 'forwards', size, list)
        expect(forwards.flatMap(({ ids }) => ids)).toEqual(expected)
        const backwards = await walk(app.as('reader'), 'backwards', size, list)
        expect(backwards.toReversed().flatMap(({ ids }) => ids)).toEqual(expected)
        for (const [index, page] of forwards.entries())
          expect([page.hasPreviousPage, page.hasNextPage]).toEqual([index > 0, index < forwards.length - 1])
        for (const [index, page] of backwards.entries())
          expect([page.hasPreviousPage, page.hasNextPage]).toEqual([index < backwards.length - 1, index > 0])
      }),
      { numRuns: 40 },
    )
  })

  it('can be limited by two cursors, after and before', async () => {
    const list = { orderBy: [{ industry: 'DESC' }, { employeeCount: 'ASC' }] }
    const all = await pageOfAccounts(app.as('reader'), { ...list, first: 200 })
    const edges = listAt(
      await app
        .as('reader')
        .must(
          'query ($orderBy: [AccountOrderBy!]) { accounts(first: 200, orderBy: $orderBy) { edges { cursor } } }',
          list,
        ),
      'accounts.edges',
    )
    const cursor = (index: number) => textAt(edges[index], 'cursor')
    const between = await pageOfAccounts(app.as('reader'), {
      ...list,
      first: 200,
      after: cursor(10),
      before: cursor(20),
    })
    expect(between.ids).toEqual(all.ids.slice(11, 20))
    expect(
      (await pageOfAccounts(app.as('reader'), { ...list, last: 3, after: cursor(10), before: cursor(20) })).ids,
    ).toEqual(all.ids.slice(17, 20))
    expect(
      (await pageOfAccounts(app.as('reader'), { ...list, first: 3, after: cursor(20), before: cursor(10) })).ids,
    ).toEqual([])
  })

  it('have 25 records by default and 200 at most, and none for first: 0', async () => {
    expect((await pageOfAccounts(app.as('reader'), {})).ids).toHaveLength(25)
    expect(await pageOfAccounts(app.as('reader'), { first: 0 })).toMatchObject({
      ids: [],
      hasNextPage: true,
      hasPreviousPage: false,
    })
    expect((await pageOfAccounts(app.as('reader'), { first: 200 })).ids).toHaveLength(60)
    expect(errorCodes(await app.as('reader').query('{ accounts(first: 201) { nodes { id } } }'))).toEqual([
      'BAD_USER_INPUT',
    ])
  })

  it('of a list within a record, such as the contacts of an account, together return every entry of that list once', async () => {
    const account = await addAccount(app.as('admin'), { name: 'Nested' })
    for (let index = 0; index < 11; index++)
      await addContact(app.as('admin'), {
        lastName: `N${index % 4}`,
        firstName: index % 2 ? 'A' : null,
        accounts: [{ accountId: account.id, role: `R${index}` }],
      })
    const document = `query ($id: ID!, $first: Int, $after: String, $orderBy: [ContactOrderBy!]) {
      account(id: $id) { contacts(first: $first, after: $after, orderBy: $orderBy) { totalCount edges { cursor role node { id } } pageInfo { hasNextPage endCursor } } }
    }`
    for (const orderBy of [[], [{ lastName: 'ASC' }], [{ firstName: 'DESC' }, { lastName: 'ASC' }]]) {
      const whole = await app.as('reader').must(document, { id: account.id, first: 50, orderBy })
      const walked: string[] = []
      for (let after: unknown = null; ; ) {
        const connection = at(
          await app.as('reader').must(document, { id: account.id, first: 3, after, orderBy }),
          'account.contacts',
        )
        expect(at(connection, 'totalCount')).toBe(11)
        walked.push(...textsAt(connection, 'edges', 'role'))
        after = at(connection, 'pageInfo.endCursor')
        if (at(connection, 'pageInfo.hasNextPage') === false) break
      }
      expect(walked).toEqual(textsAt(whole, 'account.contacts.edges', 'role'))
      expect(new Set(walked).size).toBe(11)
    }
  })

  it('of a search return every match once, forwards and backwards', async () => {
    for (let index = 0; index < 7; index++) await addAccount(app.as('admin'), { name: `Searchable ${index % 3}` })
    const pages = await walk(app.as('reader'), 'forwards', 2, { search: 'searchable' })
    const ids = pages.flatMap(({ ids }) => ids)
    expect(new Set(ids).size).toBe(7)
    expect(
      (await walk(app.as('reader'), 'backwards', 3, { search: 'searchable' })).toReversed().flatMap(({ ids }) => ids),
    ).toEqual(ids)
    expect(
      (await walk(app.as('reader'), 'forwards', 2, { search: 'searchable', orderBy: [{ name: 'ASC' }] })).flatMap(
        ({ ids }) => ids,
      ),
    ).toHaveLength(7)
  })
})

describe('reading all pages of 1,000 accounts while other clients create and delete accounts', () => {
  it('returns every account that exists throughout, and no account twice, forwards and backwards', async () => {
    const stays = await bulk(app, 1_000, (index) => ({ name: `w${(index * 7_919) % 1_000}`, industry: 'Walk' }))
    const goes = await bulk(app, 200, (index) => ({ name: `w${(index * 31) % 1_000}`, industry: 'Walk' }))
    let isWalking = true
    const insert = async () => {
      for (let index = 0; isWalking; index++)
        await addAccount(app.as('member', 'acme'), { name: `w${(index * 613) % 1_000}`, industry: 'Walk' })
    }
    const remove = async () => {
      for (const id of goes) if (isWalking) await setDeleted(app.as('member'), 'delete', 'Account', { id, version: 1 })
    }
    const writers = Promise.all([insert(), insert(), remove()])
    const list = { filter: { industry: { equals: 'Walk' } }, orderBy: [{ name: 'DESC' }] }
    const walks = await Promise.all([
      walk(app.as('reader'), 'forwards', 37, list),
      walk(app.as('reader'), 'backwards', 41, list),
    ]).finally(() => {
      isWalking = false
    })
    await writers
    for (const pages of walks) {
      const ids = pages.flatMap(({ ids }) => ids)
      expect(new Set(ids).size).toBe(ids.length)
      const seen = new Set(ids)
      expect(stays.filter((id) => !seen.has(id))).toEqual([])
    }
  })
})

async function bulk(app: TestApp, count: number, record: (index: number) => unknown): Promise<string[]> {
  const records = Array.from({ length: count }, (_, index) => record(index))
  const made = await app
    .as('admin')
    .must('mutation ($input: CreateAccountsInput!) { createAccounts(input: $input) { results { account { id } } } }', {
      input: { records },
    })
  return textsAt(made, 'createAccounts.results', 'account.id')
}
