import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pino } from 'pino'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type App, createApp } from '../../../src/app.ts'
import { usablePlugins } from '../../../src/platform/plugins/lifecycle/usable-plugins.ts'
import { at } from '../../../src/testing/answers.ts'
import { createTestClient } from '../../../src/testing/client.ts'
import { BROKEN_SCHEMAS, brokenFiles } from './broken-schemas.ts'
import { type Corpus, expectPlanRefuses, expectRefused, openCorpus } from './corpus.ts'

const RAPPORT = join(import.meta.dirname, '../../../bin/rapport.js')
const GOOD = { id: 'good', parts: "queries: [{ ...query({ type: 'Int' }), name: 'good' }]" }
const ids = BROKEN_SCHEMAS.map(({ id }) => id)

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
  await corpus.write(brokenFiles(GOOD))
  await corpus.add('good')
})
afterAll(() => corpus.close())

describe('`rapport plugin plan` and `add` refuse a plugin, and name the place and what to do, when it declares', () => {
  it.each(BROKEN_SCHEMAS)('$what', async ({ id, parts, reason }) => {
    await expectRefused(corpus, id, brokenFiles({ id, parts }), { reason })
  })

  it('an operation whose input has no fields, which `plan` alone reports too', () =>
    expectPlanRefuses(corpus, 'noinput', /the type BreakItInput has no fields/))
})

/** Lists, installs and enables a plugin without any check, as an older version of Rapport might have done. */
async function force(id: string): Promise<void> {
  const { ownerPool } = corpus.app.database
  await ownerPool.query(
    `insert into installed_plugins (id, version, source, state, permissions, reads)
     values ($1, '1.0.0', $2, 'INSTALLED', '{}', '{}') on conflict do nothing`,
    [id, `./plugins/${id}`],
  )
  for (const workspace of ['acme', 'globex'] as const) {
    const { workspaceId } = corpus.app.as('admin', workspace).actor
    const actorId = uuidv7()
    await ownerPool.query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'PLUGIN', $3)`, [
      workspaceId,
      actorId,
      id,
    ])
    await ownerPool.query(
      `insert into plugin_activations (workspace_id, id, plugin_id, actor_id, is_enabled, disabled_rules, seeds)
       values ($1, $2, $3, $4, true, '{}', '{}')`,
      [workspaceId, uuidv7(), id, actorId],
    )
  }
}

/** Runs a command and returns what it prints. */
async function rapport(...args: string[]): Promise<string> {
  const { app, installation } = corpus
  const env = { DATABASE_URL: app.databaseUrl, RAPPORT_CONFIG: installation.configPath, LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [RAPPORT, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
  await once(child, 'close')
  return text
}

describe('a server on which such plugins are installed and enabled', () => {
  const lines: string[] = []
  let server: App
  let doctor: string
  let list: string
  const client = (workspace: 'acme' | 'globex') => {
    const { token, actor } = corpus.app.as('admin', workspace)
    return createTestClient(server.fetch, token, actor)
  }
  beforeAll(async () => {
    const { installation, app } = corpus
    for (const broken of BROKEN_SCHEMAS) await corpus.write(brokenFiles(broken))
    const sources = ['good', ...ids].map((id) => `'./plugins/${id}'`)
    await corpus.write({ 'rapport.config.ts': `export default { plugins: [${sources.join(', ')}] }\n` })
    for (const id of ['good', ...ids]) await force(id)
    server = await createApp({
      databaseUrl: app.databaseUrl,
      plugins: (ownerPool) => usablePlugins(ownerPool, installation.core, installation.configPath),
      log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
    })
    doctor = await rapport('plugin', 'doctor')
    list = await rapport('plugin', 'list')
  }, 180_000)
  afterAll(() => server.close())

  it('serves core and the other plugins in each workspace', async () => {
    for (const workspace of ['acme', 'globex'] as const) {
      const data = await client(workspace).must(
        '{ good accounts(first: 1) { totalCount } __schema { types { name } } }',
      )
      expect(data).toMatchObject({ good: 1, accounts: { totalCount: expect.any(Number) } })
      const created = await client(workspace).must(
        'mutation { createAccount(input: { name: "Fine" }) { account { name } userErrors { message } } }',
      )
      expect(at(created, 'createAccount.account.name')).toBe('Fine')
    }
  })

  it('composes the plugins again only when others are installed, although requests ask for those that are left out', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { loaded } = server.host
    vi.setSystemTime(Date.now() + 60_000)
    await client('acme').must('{ good }')
    expect(server.host.loaded).toBe(loaded)
  })

  it.each(BROKEN_SCHEMAS)(
    'leaves out a plugin with $what, and tells its users and the operator why',
    async (broken) => {
      const { id, reason } = broken
      const logged = lines.map((line): Record<string, unknown> => JSON.parse(line))
      expect(logged.filter(({ plugin }) => plugin === id)).toEqual([
        expect.objectContaining({ reason: expect.stringMatching(reason), msg: 'A plugin cannot be used' }),
      ])
      const { plugins } = Object(await client('acme').must('{ plugins { id status reason } }'))
      expect(plugins).toContainEqual({ id, status: 'UNAVAILABLE', reason: expect.stringMatching(reason) })
      for (const text of [doctor, list]) {
        expect(text).toContain(id)
        expect(text).toMatch(reason)
      }
    },
  )
})
