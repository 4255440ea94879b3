import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import courses from '../../examples/courses/plugin.ts'
import { type App, createApp } from '../../src/app.ts'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestClient } from '../../src/testing/client.ts'
import { loadedForTest } from '../../src/testing/install.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addCaller, type Caller } from '../support/caller.ts'
import { rowsRead, type Statement } from './plans.ts'

const ACCOUNTS = 1_500
const OTHERS = 15
const OF_EACH = 200
/** Far fewer rows than pairs of records. */
const MOST = 100 * ACCOUNTS

let app: TestApp
let server: App
let granted: Caller
const statements: Statement[] = []

/** Fills a workspace after PostgreSQL has collected its statistics, so that they do not know it. */
beforeAll(async () => {
  const plugins = [{ plugin: courses, directory: fileURLToPath(new URL('../../examples/courses', import.meta.url)) }]
  app = await createTestApp({ plugins })
  const { ownerPool } = app.database
  await ownerPool.query(
    `insert into workspaces (id, slug, name) select gen_random_uuid(), 'other' || n, 'Other' from generate_series(1, ${OTHERS}) n`,
  )
  const { rows: others } = await ownerPool.query<{ id: string }>(`select id from workspaces where slug like 'other%'`)
  await ownerPool.query(
    `insert into actors (workspace_id, id, kind, display_name) select id, gen_random_uuid(), 'USER', 'Somebody' from workspaces where slug like 'other%'`,
  )
  // Enough rows to make a look-up by key cheaper than a scan.
  for (const { id } of others) await fill(ownerPool, id, OF_EACH)
  await ownerPool.query('analyze')
  const { workspaceId } = app.as('reader').actor
  await fill(ownerPool, workspaceId, ACCOUNTS)
  granted = await addCaller(app)
  await ownerPool.query(`update roles set permissions = '{account:read@own,contact:read}' where id = $1`, [
    granted.roleId,
  ])
  await ownerPool.query(
    `insert into record_grants (workspace_id, id, record_type, record_id, user_id, created_by_id, updated_by_id)
     select workspace_id, gen_random_uuid(), 'Account', id, $2, $2, $2 from accounts where workspace_id = $1`,
    [workspaceId, granted.id],
  )
  server = await createApp({
    databaseUrl: app.databaseUrl,
    plugins: async () => ({ usable: await loadedForTest(plugins), refused: [] }),
    onStatement: (text, values) => statements.push({ text, values }),
  })
}, 60_000)
afterAll(async () => {
  await server?.close()
  await app.close()
})

/** Adds this many accounts, contacts and changes. Each account but the first has a parent, and each has a contact. */
async function fill(ownerPool: Pool, workspaceId: string, count: number): Promise<void> {
  const id = (kind: number, of = 'n') => `('00000000-0000-7000-800${kind}-' || lpad(to_hex(${of}), 12, '0'))::uuid`
  const from = `from generate_series(1, ${count}) n, (select workspace_id, id from actors where workspace_id = '${workspaceId}' limit 1) a`
  for (const statement of [
    `insert into accounts (workspace_id, id, created_by_id, updated_by_id, name, industry, parent_id)
     select a.workspace_id, ${id(0)}, a.id, a.id, 'Account ' || n, 'Industry ' || n % 50, case when n > 1 then ${id(0, '(n / 2)')} end ${from}`,
    `insert into contacts (workspace_id, id, created_by_id, updated_by_id, last_name)
     select a.workspace_id, ${id(1)}, a.id, a.id, 'Person ' || n ${from}`,
    `insert into account_contacts (workspace_id, id, account_id, contact_id)
     select a.workspace_id, ${id(2)}, ${id(0)}, ${id(1)} ${from}`,
    `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields)
     select a.workspace_id, a.id, 'UPDATED', 'Account', ${id(0)}, '{name}' ${from}`,
  ])
    await ownerPool.query(statement)
}

test('an update in a workspace without statistics of PostgreSQL reads at most 40 accounts in each SQL statement', async () => {
  const client = createTestClient(server.fetch, app.as('admin').token, null)
  const update = 'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { userErrors { message } } }'
  for (const [version, more] of [
    [1, { name: 'Other' }],
    [2, { parentId: encodeId('account', '00000000-0000-7000-8000-000000000300') }],
  ] as const) {
    statements.length = 0
    await client.must(update, { input: { id: ID, version, ...more } })
    expect(statements.length).toBeGreaterThan(3)
    for (const statement of statements.filter(({ text }) => !text.startsWith('insert')))
      for (const plan of ['custom', 'generic'] as const) {
        const read = await rowsRead(app.database.ownerPool, app.as('reader').actor.workspaceId, statement, plan)
        expect([plan, statement.text, read.rows['accounts'] ?? 0]).toEqual([
          plan,
          statement.text,
          expect.toSatisfy((rows: number) => rows <= 40),
        ])
      }
  }
})

const named = 'industry: { equals: "Industry 3" }'
const accounts = (filter: string) => `{ accounts(filter: { ${filter} }) { totalCount nodes { id } } }`

const ID = encodeId('account', '00000000-0000-7000-8000-000000000400')

test.each([
  ['account', `{ account(id: "${ID}") { name } }`],
  ['node', `{ node(id: "${ID}") { id } }`],
  ['nodes', `{ nodes(ids: ["${ID}"]) { id } }`],
  ['account with its parents', `{ account(id: "${ID}") { parent { name parent { name } } } }`],
])('a query by id in a workspace without statistics of PostgreSQL reads at most 10 accounts: %s', async (_, query) => {
  for (const token of [app.as('reader').token, granted.token]) {
    statements.length = 0
    await createTestClient(server.fetch, token, null).must(query)
    const [statement] = statements
    if (!statement) throw new Error('No statement was sent.')
    for (const plan of ['custom', 'generic'] as const) {
      const read = await rowsRead(app.database.ownerPool, app.as('reader').actor.workspaceId, statement, plan)
      expect([plan, query, read.rows['accounts']]).toEqual([
        plan,
        query,
        expect.toSatisfy((rows: number) => rows <= 10),
      ])
    }
  }
})

test.each([
  ['a filter that the parent must match', accounts(`parent: { is: { ${named} } }`)],
  ['a filter that the parent must not match', accounts(`parent: { isNot: { ${named} } }`)],
  ['a filter that some subsidiary must match', accounts(`subsidiaries: { some: { ${named} } }`)],
  ['a filter that no subsidiary may match', accounts(`subsidiaries: { none: { ${named} } }`)],
  ['a filter that every subsidiary must match', accounts(`subsidiaries: { every: { ${named} } }`)],
  ['a filter that some contact must match', accounts('contacts: { some: { lastName: { equals: "Person 7" } } }')],
  ['a filter that no contact may match', accounts('contacts: { none: { lastName: { equals: "Person 7" } } }')],
  [
    'a filter by nested relations',
    accounts(`parent: { is: { subsidiaries: { none: { parent: { isNot: { ${named} } } } } } }`),
  ],
  ['a filter condition of a plugin', '{ contacts(filter: { hasAttended: false }) { totalCount nodes { id } } }'],
  ['the log', '{ changes(first: 10) { nodes { recordId } } }'],
])(
  'a query in a workspace without statistics of PostgreSQL reads at most 100 rows of a table for each account: %s',
  async (_, query) => {
    for (const token of [app.as('reader').token, granted.token]) {
      statements.length = 0
      const answer = await createTestClient(server.fetch, token, null).query(query)
      const [statement] = statements
      // The second caller may not read the log.
      if (at(answer.data, 'changes') === null || !statement) continue
      for (const plan of ['custom', 'generic'] as const) {
        const read = await rowsRead(app.database.ownerPool, app.as('reader').actor.workspaceId, statement, plan)
        for (const [table, rows] of Object.entries(read.rows))
          expect([plan, table, rows]).toEqual([plan, table, expect.toSatisfy((count: number) => count <= MOST)])
      }
    }
  },
)
