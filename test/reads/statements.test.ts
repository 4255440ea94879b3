import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AccountListDocument,
  AccountTimelineDocument,
  ContactTimelineDocument,
} from '../../generated/graphql/graphql.ts'
import { type App, createApp } from '../../src/app.ts'
import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { createTestClient, type OperationDocument, type TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNTS, BUSY_INTERACTIONS, type Busy, CONTACTS, fillWorkspace } from './busy-workspace.ts'
import { type RowsRead, rowsRead, type Statement } from './plans.ts'

let app: TestApp
let busy: Busy
/** A server on the same database, whose SQL statements the test collects with their values. */
let server: App
let reader: TestClient
const statements: Statement[] = []

beforeAll(async () => {
  app = await createTestApp()
  busy = await fillWorkspace(app.database.ownerPool, app.as('admin'))
  server = await createApp({
    databaseUrl: app.databaseUrl,
    onStatement: (text, values) => statements.push({ text, values }),
  })
  reader = createTestClient(server.fetch, app.as('reader').token, null)
}, 120_000)
afterAll(async () => {
  await server.close()
  await app.close()
})

/** Sends a query and asserts that it took one SQL statement. Returns the data and the statement. */
async function ask<Data, Variables>(
  document: OperationDocument<Data, Variables>,
  variables: NoInfer<Variables>,
): Promise<{ data: Data; statement: Statement }> {
  statements.length = 0
  const data = await reader.must(document, variables)
  expect(statements).toHaveLength(1)
  const [statement] = statements
  if (!statement) throw new Error('No statement was sent.')
  return { data, statement }
}

const NESTED = `query ($first: Int, $after: String) {
  accounts(first: $first, after: $after, orderBy: [{ name: ASC }]) {
    pageInfo { hasNextPage endCursor }
    nodes { id name owner { displayName }
      contacts(first: 10) { nodes { id fullName timeline(first: 2) { nodes { id } } } }
      interactions(first: 5, orderBy: [{ occurredAt: DESC }]) { nodes { __typename id subject occurredAt } }
      timeline(first: 3) { nodes { id } }
      history(first: 1) { nodes { at } }
      tasks(first: 1) { totalCount }
    }
  }
}`

/** Asserts that the plan read this many rows of the table, as far as PostgreSQL reports it. */
function expectRead(read: RowsRead, table: string, rows: number): void {
  expect(Math.abs((read.rows[table] ?? 0) - rows)).toBeLessThanOrEqual(read.slack[table] ?? 0)
}

describe('accounts with contacts and interactions', () => {
  it.each([10, 20, 100, 200])('are read in one SQL statement for %i accounts', async (first) => {
    const { data } = await ask(NESTED, { first, after: null })
    const nodes = listAt(data, 'accounts.nodes')
    expect(nodes).toHaveLength(first)
    expect(listAt(nodes[0], 'interactions.nodes')).toHaveLength(5)
    for (const node of nodes.slice(1)) expect(listAt(node, 'contacts.nodes')).toHaveLength(CONTACTS)
  })

  it('are read in one SQL statement per page when a client reads all 1,000 accounts', async () => {
    statements.length = 0
    let pages = 0
    const names: unknown[] = []
    for (let after: string | null = null; ; pages++) {
      const data: unknown = await reader.must(NESTED, { first: 200, after })
      names.push(...listAt(data, 'accounts.nodes').map((node) => at(node, 'name')))
      if (at(data, 'accounts.pageInfo.hasNextPage') === false) break
      after = textAt(data, 'accounts.pageInfo.endCursor')
    }
    expect(names).toEqual(Array.from({ length: ACCOUNTS }, (_, index) => `account ${String(index).padStart(4, '0')}`))
    expect(statements).toHaveLength(pages + 1)
  })

  it.each(['custom', 'generic'] as const)(
    'are read without touching rows of nested lists that are not in the answer, with a %s plan of PostgreSQL',
    async (plan) => {
      // `pageInfo` is left out: to know whether there is a next page, one more account is read with its nested lists.
      const { data, statement } = await ask(NESTED.replace(/pageInfo .+/, ''), { first: 20, after: null })
      const nodes = listAt(data, 'accounts.nodes')
      const sum = (path: string) => nodes.reduce<number>((total, node) => total + listAt(node, path).length, 0)
      const timelines = nodes
        .flatMap((node) => listAt(node, 'contacts.nodes'))
        .reduce<number>((total, contact) => total + listAt(contact, 'timeline.nodes').length, 0)
      const interactions = sum('interactions.nodes') + sum('timeline.nodes') + timelines
      const read = await rowsRead(app.database.ownerPool, app.as('admin').actor.workspaceId, statement, plan)
      expectRead(read, 'accounts', 20)
      expectRead(read, 'account_contacts', sum('contacts.nodes'))
      expectRead(read, 'contacts', sum('contacts.nodes'))
      expectRead(read, 'timeline_entries', interactions)
      // A timeline checks which interactions are visible before it cuts the page, so it reads each of them twice.
      expect((read.rows['interactions'] ?? 0) - (read.slack['interactions'] ?? 0)).toBeLessThanOrEqual(
        interactions + sum('timeline.nodes') + timelines,
      )
    },
  )
})

describe('a contact with 100,000 interactions', () => {
  it.each(['custom', 'generic'] as const)(
    'has a timeline whose pages read only the rows that they return, at its start and in its middle, with a %s plan of PostgreSQL',
    async (plan) => {
      const { workspaceId } = app.as('admin').actor
      let after: string | null = null
      for (const depth of [0, 1]) {
        const page = await ask(ContactTimelineDocument, { id: busy.contactId, first: 50, after })
        expect(page.data.contact?.timeline.nodes).toHaveLength(50)
        const read = await rowsRead(app.database.ownerPool, workspaceId, page.statement, plan)
        expect([depth, read.rows['timeline_entries']]).toEqual([depth, expect.toSatisfy((rows: number) => rows <= 52)])
        expect([depth, read.rows['interactions']]).toEqual([depth, expect.toSatisfy((rows: number) => rows <= 104)])
        after = depth === 0 ? await deepCursor() : null
      }
    },
  )

  it('has a timeline in which a page of only notes stops reading when it is full', async () => {
    const { data, statement } = await ask(ContactTimelineDocument, { id: busy.contactId, first: 20, kinds: ['NOTE'] })
    expect(data.contact?.timeline.nodes).toHaveLength(20)
    const read = await rowsRead(app.database.ownerPool, app.as('admin').actor.workspaceId, statement, 'custom')
    expect(read.rows['timeline_entries']).toBeLessThan(500)
  })

  it('belongs to an account whose timeline, with that of its subsidiaries, reads only the rows of one page', async () => {
    const { data, statement } = await ask(AccountTimelineDocument, {
      id: busy.accountId,
      includeSubsidiaries: true,
      first: 10,
    })
    expect(data.account?.timeline.nodes).toHaveLength(10)
    const read = await rowsRead(app.database.ownerPool, app.as('admin').actor.workspaceId, statement, 'custom')
    expect(read.rows['timeline_entries']).toBeLessThanOrEqual(11)
  })

  it('belongs to an account in a list of accounts, and that list reads only the rows of the page and of one account more', async () => {
    const { data, statement } = await ask(AccountListDocument, { first: 20, orderBy: [{ name: 'ASC' }] })
    expect(data.accounts.totalCount).toBe(ACCOUNTS)
    const read = await rowsRead(app.database.ownerPool, app.as('admin').actor.workspaceId, statement, 'custom')
    expect(read.rows['timeline_entries']).toBeLessThanOrEqual(21 * 5)
    expect(read.rows['interactions']).toBeLessThanOrEqual(21 * 5)
    expect(read.rows['contacts']).toBeLessThanOrEqual(21 * CONTACTS)
  })

  it('has a timeline whose totalCount is the number of its interactions', async () => {
    const count = await reader.must('query ($id: ID!) { contact(id: $id) { timeline(first: 1) { totalCount } } }', {
      id: busy.contactId,
    })
    expect(at(count, 'contact.timeline.totalCount')).toBe(BUSY_INTERACTIONS)
  })
})

/** A cursor in the middle of the busy contact's timeline. */
async function deepCursor(): Promise<string> {
  const { rows } = await app.database.ownerPool.query<{ at: string; id: string }>(
    `select occurred_at::text as at, interaction_id::text as id from timeline_entries where record_id = (select id from contacts where last_name = 'Busy') order by occurred_at desc offset ${BUSY_INTERACTIONS / 2} limit 1`,
  )
  const first = await reader.must(
    'query ($id: ID!) { contact(id: $id) { timeline(first: 1) { pageInfo { endCursor } } } }',
    { id: busy.contactId },
  )
  const [mark] = JSON.parse(
    Buffer.from(textAt(first, 'contact.timeline.pageInfo.endCursor'), 'base64url').toString('utf8'),
  )
  return Buffer.from(JSON.stringify([mark, rows[0]?.at, rows[0]?.id])).toString('base64url')
}
