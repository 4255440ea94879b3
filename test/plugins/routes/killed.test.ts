import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createWorkspace } from '../../../src/modules/workspaces/provision.ts'
import { signBody } from '../../../src/plugin-testing.ts'
import { freePort } from '../../faults/server.ts'
import { createTestInstallation, type TestInstallation } from '../lifecycle/installation.ts'

const PLUGIN = `import { definePlugin, defineRoute, z } from 'rapport/plugin'

const paid = defineRoute({
  name: 'bank.paid',
  description: 'Creates an account for each payment.',
  path: 'paid',
  verify: { scheme: 'hmac-sha256', header: 'x-signature', secret: 'key' },
  headers: ['x-delay'],
  body: z.object({ id: z.string() }),
  idempotencyKey: ({ body }) => body.id,
  async handle({ body, headers }, { records }) {
    const { id } = await records.create('Account', { name: body.id })
    if (headers['x-delay'] !== null) await new Promise(() => undefined)
    return { status: 201, body: { id } }
  },
})

export default definePlugin({
  id: 'bank', description: 'Payments.', version: '1.0.0', api: '^1.0.0',
  permissions: ['account:create'], settings: { secrets: { key: 'Signing key.' } }, routes: [paid],
})
`
const BODY = '{"id":"payment-1"}'
const SIGNATURE = signBody({ scheme: 'hmac-sha256', header: 'x-signature', secret: 'key' }, 's3cret', BODY)

let files: TestInstallation
let port: number
let server: ReturnType<typeof spawn>

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
  await vi.waitFor(() => expect(printed).toContain('Rapport is ready'), { timeout: 25_000, interval: 50 })
}

async function killServer(): Promise<void> {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

const post = (headers: Readonly<Record<string, string>> = {}) =>
  fetch(`http://127.0.0.1:${port}/plugins/bank/acme/paid`, {
    method: 'POST',
    body: BODY,
    headers: { ...SIGNATURE, ...headers },
  })

const count = async (statement: string) => (await files.owner.query<{ count: number }>(statement)).rows[0]?.count

beforeAll(async () => {
  files = await createTestInstallation()
  port = await freePort()
  await files.write({ 'plugins/bank/plugin.ts': PLUGIN })
  await createWorkspace(files.owner, { slug: 'acme', adminEmail: 'admin@acme.example' })
  for (const command of [
    ['add', './plugins/bank', '--yes'],
    ['enable', 'bank', '--workspace', 'acme'],
  ])
    expect(await files.rapport('plugin', ...command)).toMatchObject({ code: 0 })
  await files.owner.query(`update plugin_activations set secrets = '{"key":"s3cret"}'`)
  await startServer()
}, 60_000)
afterAll(async () => {
  await killServer()
  await files.close()
})

it('a request to a route during which the server is killed has one effect when the sender sends it again', async () => {
  const answer = post({ 'x-delay': 'forever' }).catch((error: unknown) => error)
  await vi.waitFor(
    async () =>
      expect(
        await count(
          `select count(*)::int from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
           and backend_xid is not null`,
        ),
      ).toBe(1),
    { timeout: 4_000, interval: 20 },
  )
  await killServer()
  expect(await answer).toBeInstanceOf(Error)
  expect(await count('select count(*)::int from accounts')).toBe(0)

  await startServer()
  const [first, second] = [await post(), await post()]
  expect([first.status, second.status]).toEqual([201, 201])
  expect(await second.text()).toBe(await first.text())
  for (const table of ['accounts', 'changes', 'audit_entries'])
    expect(
      await count(`select count(*)::int from ${table} ${table === 'accounts' ? '' : `where type = 'Account'`}`),
    ).toBe(1)
}, 60_000)
