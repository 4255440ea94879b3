import { at, listAt, textAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { addAccount, addContact } from '../support/records.ts'

/** An account as the filter oracle sees it. */
export interface Organisation {
  readonly id: string
  readonly name: string
  readonly industry: string | null
  readonly type: string | null
  readonly employeeCount: number | null
  readonly annualRevenue: { readonly amount: string; readonly currency: string } | null
  readonly parentId: string | null
  readonly addresses: readonly Place[]
  readonly people: readonly Person[]
}

export interface Place {
  readonly city: string | null
  readonly street: string | null
}

export interface Person {
  readonly firstName: string | null
  readonly lastName: string
}

/** In the order of the database's enum. */
export const TYPES: readonly string[] = ['PROSPECT', 'CUSTOMER', 'PARTNER']
export const NAMES = ['alpha', 'Alpha', 'beta', 'be_ta', 'be%ta', 'gamma ray', 'Ärger', 'ärger', 'z'] as const
export const INDUSTRIES = ['Retail', 'retail', 'Banking', ''] as const
export const COUNTS = [0, 1, 5, 5_000] as const
export const AMOUNTS = ['-1.50', '0.00', '10.00', '9999999999.9999'] as const
export const LAST_NAMES = ['Lovelace', 'McKay', 'mckay'] as const
export const CITIES = ['Basel', 'basel', 'Bern'] as const
export const STREETS = ['Quai 1', 'Quai 2'] as const
export const FIRST_NAMES = ['Ada', 'Ann'] as const

/**
 * Creates accounts with many equal and missing values, some with a parent, some with contacts. The values depend only
 * on the index, so that a failed run can be repeated.
 */
export async function makeOrganisations(client: TestClient, count: number): Promise<Organisation[]> {
  const made: Organisation[] = []
  for (let index = 0; index < count; index++) {
    const parentId = index % 3 === 0 ? (made[Math.floor(index / 2)]?.id ?? null) : null
    const amount = index % 4 === 0 ? undefined : AMOUNTS[(index * 7) % AMOUNTS.length]
    const values = {
      name: NAMES[(index * 5) % NAMES.length] ?? '',
      // The API stores an empty text as null.
      industry: index % 5 === 0 ? null : INDUSTRIES[(index * 3) % INDUSTRIES.length] || null,
      type: index % 3 === 1 ? null : (TYPES[index % TYPES.length] ?? null),
      employeeCount: index % 4 === 1 ? null : (COUNTS[(index * 3) % COUNTS.length] ?? null),
      annualRevenue: amount === undefined ? null : { amount, currency: index % 2 === 0 ? 'EUR' : 'USD' },
      parentId,
      addresses: Array.from({ length: (index * 7) % 4 }, (_, place) => ({
        label: 'OFFICE',
        city: (index + place) % 4 === 0 ? null : (CITIES[(index + place) % 3] ?? null),
        street: (index + place) % 3 === 0 ? null : (STREETS[place % 2] ?? null),
      })),
    }
    const { id } = await addAccount(client, values)
    const people = Array.from(
      { length: index % 4 },
      (_, person): Person => ({
        firstName: (index + person) % 3 === 0 ? null : (FIRST_NAMES[person % 2] ?? null),
        lastName: LAST_NAMES[(index + person) % 3] ?? '',
      }),
    )
    for (const person of people) await addContact(client, { ...person, accounts: [{ accountId: id }] })
    made.push({ id, ...values, people })
  }
  return made
}

/** One page of `accounts`, as ids. */
export interface AccountPage {
  readonly ids: readonly string[]
  readonly startCursor: string
  readonly endCursor: string
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: AccountFilter, $orderBy: [AccountOrderBy!], $search: String) {
  accounts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy, search: $search) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

export async function pageOfAccounts(
  client: TestClient,
  variables: Readonly<Record<string, unknown>>,
): Promise<AccountPage> {
  const connection = at(await client.must(LIST, variables), 'accounts')
  const edges = listAt(connection, 'edges')
  const text = (path: string) => (edges.length > 0 ? textAt(connection, path) : '')
  return {
    ids: edges.map((edge) => textAt(edge, 'node.id')),
    startCursor: text('pageInfo.startCursor'),
    endCursor: text('pageInfo.endCursor'),
    hasNextPage: at(connection, 'pageInfo.hasNextPage') === true,
    hasPreviousPage: at(connection, 'pageInfo.hasPreviousPage') === true,
  }
}

/** Reads all pages from the start to the end, or from the end to the start, and returns them in that order. */
export async function walk(
  client: TestClient,
  direction: 'forwards' | 'backwards',
  size: number,
  list: Readonly<Record<string, unknown>>,
  onPage: () => Promise<unknown> = async () => undefined,
): Promise<AccountPage[]> {
  const pages: AccountPage[] = []
  for (let cursor: string | null = null; pages.length < 2_000; ) {
    const page: AccountPage = await pageOfAccounts(
      client,
      direction === 'forwards' ? { ...list, first: size, after: cursor } : { ...list, last: size, before: cursor },
    )
    pages.push(page)
    await onPage()
    if (!(direction === 'forwards' ? page.hasNextPage : page.hasPreviousPage)) return pages
    cursor = direction === 'forwards' ? page.endCursor : page.startCursor
  }
  throw new Error('The walk does not end.')
}
