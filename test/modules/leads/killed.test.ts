import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createWorkspace } from '../../../src/modules/workspaces/provision.ts'
import { createTestClient, type TestClient } from '../../../src/testing/client.ts'
import { freePort } from '../../faults/server.ts'
import { createTestInstallation, type TestInstallation } from '../../plugins/lifecycle/installation.ts'
import { addTask, type Made } from '../../support/records.ts'
import { addLead, mustConvert, person } from './leads.ts'

let files: TestInstallation
let port: number
let server: ReturnType<typeof spawn>
let client: TestClient
let lead: Made

async function startServer(): Promise<void> {
  let printed = ''
  server = spawn(process.execPath, [join(import.meta.dirname, '../../../bin/rapport.js'), 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      DATABASE_URL: files.databaseUrl,
      RAPPORT_CONFIG: files.configPath,
      PORT: String(port),
      LOG_LEVEL: 'error',
      PATH: process.env['PATH'],
    },
  })
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)))
  await vi.waitFor(() => expect(printed).toContain('Rapport is ready'), { timeout: 60_000, interval: 50 })
}

async function killServer(): Promise<void> {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

const TABLES = ['accounts', 'contacts', 'opportunities'] as const

/** Number of records that conversions made, and of leads that are converted. */
async function counts(): Promise<readonly number[]> {
  const statements = [...TABLES.map((table) => `select count(*)::int as count from ${table}`), CONVERTED, LOGGED]
  const rows = await Promise.all(statements.map((statement) => files.owner.query<{ count: number }>(statement)))
  return rows.map((result) => result.rows[0]?.count ?? -1)
}
const CONVERTED = `select count(*)::int as count from leads where status = 'CONVERTED'`
const LOGGED = `select count(*)::int as count from changes where type in ('Account', 'Contact', 'Opportunity')`

beforeAll(async () => {
  files = await createTestInstallation()
  port = await freePort()
  await files.write({ 'rapport.config.ts': 'export default {}\n' })
  await createWorkspace(files.owner, { slug: 'acme', adminEmail: 'admin@acme.example' })
  const { text } = await files.rapport('token', '--workspace', 'acme', '--email', 'admin@acme.example')
  await startServer()
  client = createTestClient(
    async (request) =>
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: request.headers,
        body: await request.text(),
      }),
    text.trim(),
    null,
  )
  lead = await addLead(client, person())
  await addTask(client, { title: 'Call', regardingId: lead.id })
}, 240_000)
afterAll(async () => {
  await killServer()
  await files.close()
})

it('a conversion during which the server is killed has made nothing, and is done by sending it again', async () => {
  const input = { ...lead, account: { create: {} }, opportunity: { create: { name: 'Deal' } } }
  // The conversion waits for the task after it has made its records.
  const holder = await files.owner.connect()
  await holder.query('begin')
  await holder.query('select from tasks for update')
  const answer = mustConvert(client, input).catch((error: unknown) => error)
  await vi.waitFor(
    async () => {
      const { rows } = await files.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and backend_xid is not null`,
      )
      expect(rows).toHaveLength(1)
    },
    { timeout: 20_000, interval: 20 },
  )
  await killServer()
  expect(await answer).toBeInstanceOf(Error)
  await holder.query('rollback')
  holder.release()
  expect(await counts()).toEqual([0, 0, 0, 0, 0])

  await startServer()
  const first = await mustConvert(client, input)
  expect(await mustConvert(client, input)).toEqual(first)
  expect(await counts()).toEqual([1, 1, 1, 1, 3])
}, 240_000)
