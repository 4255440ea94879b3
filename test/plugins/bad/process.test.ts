import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createUser } from '../../../src/modules/workspaces/create-user.ts'
import { createWorkspace } from '../../../src/modules/workspaces/provision.ts'
import { openSigningKeys } from '../../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../../src/platform/identity/sessions/tokens.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestClient, type TestClient } from '../../../src/testing/client.ts'
import { createTestInstallation, type TestInstallation } from '../lifecycle/installation.ts'
import { processPlugin } from './process-plugin.ts'

let files: TestInstallation
let port: number
let child: ReturnType<typeof spawn>
let printed = ''
const clients = new Map<string, TestClient<null>>()
const client = (slug: 'acme' | 'globex') => {
  const found = clients.get(slug)
  if (!found) throw new Error(`No client of ${slug}.`)
  return found
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address !== null && typeof address === 'object' ? address.port : 0
}

async function startServer(): Promise<void> {
  printed = ''
  child = spawn(process.execPath, [join(import.meta.dirname, '../../../bin/rapport.js'), 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      DATABASE_URL: files.databaseUrl,
      RAPPORT_CONFIG: files.configPath,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'error',
      PATH: process.env['PATH'],
    },
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)))
  await vi.waitFor(() => expect(printed).toContain('Rapport is ready'), { timeout: 25_000, interval: 50 })
}

beforeAll(async () => {
  files = await createTestInstallation()
  port = await freePort()
  await files.write(processPlugin)
  const keys = await openSigningKeys(files.owner)
  const toServer = async (request: Request) =>
    fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers: request.headers, body: await request.text() })
  for (const slug of ['acme', 'globex']) {
    const { workspaceId } = await createWorkspace(files.owner, { slug, adminEmail: `admin@${slug}.example` })
    const user = { workspaceId, email: `x@${slug}.example`, displayName: 'X', roleName: 'admin' }
    const actorId = await createUser(files.owner, user)
    const token = await issueToken(keys, { workspaceId, actorId, expiresInSeconds: 600 })
    clients.set(slug, createTestClient(toServer, token, null))
  }
  expect(await files.rapport('plugin', 'add', './plugins/harmful', '--yes')).toMatchObject({ code: 0 })
  await startServer()
  await client('acme').must(
    'mutation { enablePlugin(input: { pluginId: "harmful" }) { plugin { id } userErrors { message } } }',
  )
}, 180_000)
afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  await files.close()
})

const create = (slug: 'acme' | 'globex', name: string) =>
  client(slug).query<unknown, object>(
    'mutation ($name: String!) { createAccount(input: { name: $name }) { account { name } userErrors { message } } }',
    { name },
  )
const expectAlive = async () => {
  for (const slug of ['acme', 'globex'] as const)
    expect(at((await create(slug, 'Fine')).data, 'createAccount.account.name')).toBe('Fine')
}

describe('a server with a plugin that causes unhandled errors', () => {
  it.each([
    ['floats', 'Nobody awaits this'],
    ['floatsText', 'Only text'],
    ['ticks', 'Nobody catches this'],
    ['ticksText', 'Only text'],
    ['nexts', 'Nobody catches this'],
  ])('keeps running, and logs the name of the plugin and the reason: the rule %s (%s)', async (name, reason) => {
    printed = ''
    expect(at((await create('acme', name)).data, 'createAccount.account.name')).toBe(name)
    await vi.waitFor(() => {
      expect(printed).toContain('"plugin":"harmful","part":"harmful.rule"')
      expect(printed).toContain(reason)
    })
    await expectAlive()
    expect(child.exitCode).toBeNull()
  })

  it('keeps running after a rule has used 2 GB of memory', async () => {
    const { errors } = await create('acme', 'fills')
    if (errors.length > 0) expect(errors[0]?.extensions).toMatchObject({ code: 'PLUGIN_FAILED', plugin: 'harmful' })
    await expectAlive()
  })
})

it('a plugin that ends the process stops the server, and the write that was running is rolled back', async () => {
  const count = async () => (await files.owner.query('select count(*)::int as count from accounts')).rows
  const before = await count()
  const closed = once(child, 'close')
  await expect(create('acme', 'exits')).rejects.toThrow()
  await closed
  expect(await count()).toEqual(before)
  await startServer()
  await expectAlive()
})
