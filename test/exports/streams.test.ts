import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEVELOPMENT } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestClock } from '../../src/testing/clock.ts'
import { type Person, userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'
import { addressOf, download, exported } from './export-records.ts'

const COUNT = 100_000
const MOST = 2

let app: TestApp
let boss: Person
let endpoint: string
const clock = createTestClock(new Date())
const decoder = new TextDecoder()

beforeAll(async () => {
  const limits = { ...DEVELOPMENT.limits, exports: MOST }
  app = await createTestApp({ now: clock.now, settings: { ...DEVELOPMENT, limits } })
  boss = await userWho(app, ['account:read'])
  const { workspaceId, id } = boss.actor
  // With SQL, because the API would take minutes.
  await app.database.ownerPool.query(
    `insert into accounts (workspace_id, created_by_id, updated_by_id, id, name, description)
     select $1, $2, $2, gen_random_uuid(), 'account ' || lpad(n::text, 6, '0'), repeat('x', 300) from generate_series(1, ${COUNT}) n`,
    [workspaceId, id],
  )
  endpoint = (await app.listen()).url
})
beforeEach(() => grant(['account:read']))
afterAll(() => app.close())

async function grant(permissions: readonly string[]): Promise<void> {
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [boss.roleId, permissions])
}

const INPUT = { fields: ['id', 'name', 'description', 'parent.name'], orderBy: [{ field: 'name' }] }
const fetches = () => app.statements.filter((text) => text.startsWith('fetch')).length

/** Begins a download and reads its first piece. */
async function begin() {
  const response = await download(app, await addressOf(boss, INPUT))
  const reader = response.body?.getReader()
  if (!reader) throw new Error('The response has no body.')
  const piece = async () => decoder.decode((await reader.read()).value)
  return { status: response.status, first: await piece(), piece, stop: () => reader.cancel() }
}

/** States of the exports in the audit, in their order, with the number of records of those that have ended. */
async function states(): Promise<string[]> {
  const { rows } = await app.database.ownerPool.query<{ state: string }>(
    `select concat_ws(' ', changes #>> '{state,to}', changes #>> '{records,to}') as state
     from audit_entries where operation = 'EXPORTED' order by id`,
  )
  return rows.map(({ state }) => state)
}

/** Number of transactions of the server that are open now. */
async function openTransactions(): Promise<number> {
  const { rows } = await app.database.ownerPool.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  )
  return rows[0]?.count ?? 0
}

describe('a file of 100,000 records', () => {
  it('is read and sent in small pieces, each only when the client has taken the one before it', async () => {
    const response = await download(app, await addressOf(boss, INPUT))
    app.resetStatements()
    let [pieces, largest, lines, ahead] = [0, 0, 0, 0]
    for await (const bytes of response.body ?? []) {
      pieces++
      largest = Math.max(largest, bytes.length)
      ahead = Math.max(ahead, fetches() - pieces)
      lines += decoder.decode(bytes).split('\r\n').length - 1
    }
    expect({ pieces, lines }).toEqual({ pieces: COUNT / 200, lines: COUNT + 1 })
    expect(largest).toBeLessThan(100_000)
    expect(ahead).toBeLessThanOrEqual(1)
    expect((await states()).at(-1)).toBe(`COMPLETED ${COUNT}`)
  })
  it('has the records as they were when it began', async () => {
    const { first, piece, stop } = await begin()
    expect(first.split('\r\n')[0]).toBe('id,name,description,parent.name')
    await app.database.ownerPool.query(`update accounts set name = name || ' changed' where name = 'account 000201'`)
    expect(await piece()).toMatch(/,account 000201,/)
    await stop()
    const again = await begin()
    expect(await again.piece()).toMatch(/,account 000201 changed,/)
    await again.stop()
  })
  it('ends when the client goes away: its transaction is over, and the audit has what was sent', async () => {
    const before = (await states()).length
    const { stop } = await begin()
    expect(await openTransactions()).toBeGreaterThan(0)
    await stop()
    const response = await new Promise<IncomingMessage>((resolve) => {
      void addressOf(boss, INPUT).then((url) => get(url.replace('http://127.0.0.1', new URL(endpoint).origin), resolve))
    })
    await once(response, 'readable')
    response.destroy()
    await vi.waitFor(async () => expect(await states()).toHaveLength(before + 4), { timeout: 10_000 })
    for (const state of (await states()).slice(before).filter((each) => each !== 'BEGUN'))
      expect(state).toMatch(/^INTERRUPTED \d{3,4}$/)
  })
  it('breaks off when the rights of the caller change, so that the client notices', async () => {
    const url = (await addressOf(boss, INPUT)).replace('http://127.0.0.1', new URL(endpoint).origin)
    const response = await fetch(url)
    const reader = response.body?.getReader()
    await reader?.read()
    await grant(['account.name:read'])
    clock.advance(6_000)
    const readOn = async () => {
      while (!(await reader?.read())?.done);
    }
    await expect(readOn()).rejects.toThrow('terminated')
    expect((await states()).at(-1)).toMatch(/^INTERRUPTED/)
  })
})

it('a download that takes more than 30 minutes breaks off', async () => {
  const { piece } = await begin()
  clock.advance(29 * 60_000)
  expect(await piece()).toContain('account')
  clock.advance(2 * 60_000)
  await expect(piece()).rejects.toThrow('The export has taken more than 30 minutes.')
})

it('a workspace has a limited number of exports that run at the same time', async () => {
  const running = [await begin(), await begin()]
  const response = await download(app, await addressOf(boss, { fields: ['name'] }))
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '10'])
  expect(at(await response.json(), 'errors.0.extensions')).toMatchObject({
    code: 'QUERY_TOO_COMPLEX',
    limit: 'exports',
    allowed: MOST,
    count: MOST + 1,
  })
  expect(await exported(app, app.as('member', 'globex'), { fields: ['name'] })).toBe('name\r\n')
  for (const { stop } of running) await stop()
  expect((await begin()).status).toBe(200)
})

it('a server that stops interrupts its exports, so that their clients notice', async () => {
  const server = await createTestApp()
  await addAccount(server.as('admin'), { name: 'A' })
  const response = await download(server, await addressOf(server.as('admin'), { fields: ['name'] }))
  const told = expect(response.text()).rejects.toThrow('The server stops.')
  await server.close()
  await told
})
