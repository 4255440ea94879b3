import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'

let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp({ trustedProxies: ['127.0.0.1', '::1'] })
  url = (await app.listen()).url
})
afterAll(() => app.close())

const ENTRIES = `query ($filter: AuditEntryFilter, $orderBy: [AuditEntryOrderBy!], $first: Int, $after: String) {
  auditEntries(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id operation type recordId version requestId mutation plugin permission ipAddress userAgent
      actor { __typename displayName } changes { field from to }
    }
  }
}`

async function entries(variables: Readonly<Record<string, unknown>> = {}): Promise<readonly unknown[]> {
  return listAt(await app.as('admin').must(ENTRIES, variables), 'auditEntries.nodes')
}

/** Sends a mutation over a connection, with headers as a proxy sets them. */
async function send(query: string, variables: unknown, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${app.as('member').token}`, ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return response.json()
}

describe('an audit entry', () => {
  it('records the actor, the mutation, the IP address, the user agent and the request id', async () => {
    const answer = await send(
      'mutation { renamed: createAccount(input: { name: "Traced" }) { account { id } } }',
      {},
      {
        'x-forwarded-for': '198.51.100.9, 203.0.113.7',
        'user-agent': 'front-end/1.0',
        'x-request-id': 'request-7',
      },
    )
    const [entry] = await entries({ filter: { requestId: { equals: 'request-7' } } })
    expect(entry).toMatchObject({
      operation: 'CREATED',
      type: 'Account',
      recordId: at(answer, 'data.renamed.account.id'),
      version: 1,
      mutation: 'createAccount',
      plugin: null,
      permission: null,
      ipAddress: '203.0.113.7',
      userAgent: 'front-end/1.0',
      actor: { __typename: 'User', displayName: 'Member' },
    })
    expect(listAt(entry, 'changes')).toContainEqual({ field: 'name', from: null, to: 'Traced' })
  })

  it('records the IP address of the connection without X-Forwarded-For, and no IP address without a connection', async () => {
    await send('mutation { createAccount(input: { name: "Bare" }) { account { id } } }', {}, { 'x-request-id': 'bare' })
    expect(await entries({ filter: { requestId: { equals: 'bare' } } })).toMatchObject([{ ipAddress: '127.0.0.1' }])
    const made = await addAccount(app.as('member'), { name: 'In process' })
    const found = await entries({ filter: { recordId: { equals: made.id } } })
    expect(found).toMatchObject([{ ipAddress: null, userAgent: null, mutation: 'createAccount' }])
  })
})

describe('the list of audit entries', () => {
  it('begins with the latest entry, can be read in pages and can be sorted from the oldest entry', async () => {
    for (let index = 0; index < 5; index++) await addAccount(app.as('admin'), { name: `Paged ${index}` })
    const page = await app.as('admin').must(ENTRIES, { first: 2 })
    const latest = listAt(page, 'auditEntries.nodes').map((entry) => listAt(entry, 'changes')[0])
    expect(latest).toMatchObject([{ to: 'Paged 4' }, { to: 'Paged 3' }])
    const after = at(page, 'auditEntries.pageInfo.endCursor')
    const next = await entries({ first: 2, after })
    expect(next.map((entry) => listAt(entry, 'changes')[0])).toMatchObject([{ to: 'Paged 2' }, { to: 'Paged 1' }])
    const [oldest] = await entries({ orderBy: [{ at: 'ASC' }], first: 1 })
    expect(oldest).toMatchObject({ requestId: 'request-7' })
  })

  it.each([
    ['actor', () => ({ actor: { is: { displayName: { equals: 'Member' } } } }), 3],
    ['type', () => ({ type: { equals: 'Account' } }), 8],
    ['operation', () => ({ operation: { in: ['UPDATED', 'REFUSED'] } }), 0],
    ['mutation', () => ({ mutation: { startsWith: 'create' } }), 8],
    ['plugin', () => ({ plugin: { isNull: false } }), 0],
    ['ipAddress', () => ({ ipAddress: { equals: '203.0.113.7' } }), 1],
    ['userAgent', () => ({ userAgent: { contains: 'front-end' } }), 1],
    ['at', () => ({ at: { gt: '2999-01-01T00:00:00Z' } }), 0],
    [
      'several conditions',
      () => ({ OR: [{ ipAddress: { equals: '203.0.113.7' } }, { requestId: { equals: 'bare' } }] }),
      2,
    ],
  ])('can be filtered by %s', async (_, filter, count) => {
    const answer = await app.as('admin').must(ENTRIES, { filter: filter() })
    expect(at(answer, 'auditEntries.totalCount')).toBe(count)
  })

  it('requires audit:read, and contains only entries of the caller’s workspace', async () => {
    for (const role of ['member', 'reader'] as const)
      expect((await app.as(role).query(ENTRIES)).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN', permission: 'audit:read' } },
      ])
    const others = await app.as('admin', 'globex').must(ENTRIES, {})
    expect(at(others, 'auditEntries.totalCount')).toBe(0)
  })
})

describe('the history of a record', () => {
  const HISTORY = `query ($id: ID!, $filter: AuditEntryFilter) {
    account(id: $id) { history(filter: $filter) { nodes { id operation mutation } } }
  }`

  it('shows IP addresses and user agents only to a caller with audit:read', async () => {
    const made = await addAccount(app.as('member'), { name: 'Shown' })
    const shown = await app.as('reader').must(HISTORY, { id: made.id })
    expect(at(shown, 'account.history.nodes')).toMatchObject([{ operation: 'CREATED', mutation: 'createAccount' }])
    for (const field of ['ipAddress', 'userAgent']) {
      const read = `query ($id: ID!) { account(id: $id) { history { nodes { ${field} } } } }`
      const filter = { [field]: { isNull: true } }
      for (const answer of [
        await app.as('reader').query(read, { id: made.id }),
        await app.as('reader').query(HISTORY, { id: made.id, filter }),
        await app
          .as('reader')
          .query(`{ accounts(filter: { history: { some: { ${field}: { isNull: true } } } }) { totalCount } }`),
      ])
        expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'audit:read' } }])
      expect((await app.as('admin').query(read, { id: made.id })).errors).toEqual([])
    }
  })

  it('contains only writes; the audit entry of a refusal can be read by its id, and only with audit:read', async () => {
    const made = await addAccount(app.as('admin'), { name: 'Refused' })
    const refused = await app
      .as('reader')
      .query(
        'mutation ($id: ID!) { updateAccount(input: { id: $id, version: 1, name: "No" }) { userErrors { code } } }',
        {
          id: made.id,
        },
      )
    expect(refused.errors).toHaveLength(1)
    const [refusal] = await entries({ first: 1 })
    expect(refusal).toMatchObject({ operation: 'REFUSED', recordId: made.id })
    for (const role of ['admin', 'reader'] as const) {
      const history = await app.as(role).must(HISTORY, { id: made.id })
      expect(listAt(history, 'account.history.nodes')).toMatchObject([{ operation: 'CREATED' }])
      const some = await app
        .as(role)
        .must('{ accounts(filter: { history: { some: { operation: { equals: REFUSED } } } }) { totalCount } }')
      expect(at(some, 'accounts.totalCount')).toBe(0)
    }
    const byId = 'query ($id: ID!) { node(id: $id) { id } }'
    const id = at(refusal, 'id')
    expect(at(await app.as('reader').must(byId, { id }), 'node')).toBeNull()
    expect(at(await app.as('admin').must(byId, { id }), 'node')).toEqual({ id })
  })
})
