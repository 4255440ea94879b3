import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestClient, type TestClient } from '../../../src/testing/client.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'

const WAIT = { timeout: 60_000, interval: 50 }

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
  await installation.write({
    'plugins/depot/plugin.ts': `import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineJob, definePlugin, z } from 'rapport/plugin'

export default definePlugin({
  id: 'depot',
  description: 'Ships parcels.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:create'],
  jobs: [
    defineJob({
      name: 'depot.ship',
      description: 'Ships a parcel, when its gate exists.',
      payload: z.object({ parcel: z.string(), gate: z.string().optional() }),
      async run({ parcel, gate }, { records }) {
        if (parcel === 'broken') throw new Error('The parcel is broken.')
        await records.create('Account', { name: parcel })
        while (gate !== undefined && !existsSync(gate)) await sleep(20)
      },
    }),
  ],
})
`,
  })
  await done('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  await done('workspace', 'create', 'globex', '--admin', 'boss@globex.example')
  await done('plugin', 'add', './plugins/depot', '--yes')
  await done('plugin', 'enable', 'depot', '--workspace', 'acme')
})
afterAll(async () => {
  // Those that a failed test has left.
  for (const child of started) child.kill('SIGKILL')
  await installation.close()
})

const started: ReturnType<TestInstallation['start']>[] = []

/** Starts a command, which ends with the tests at the latest. */
function start(...args: string[]): ReturnType<TestInstallation['start']> {
  const child = installation.start(...args)
  started.push(child)
  return child
}

/** Runs a command that must exit with 0, and returns its output. */
async function done(...args: string[]): Promise<string> {
  const { code, text } = await installation.rapport(...args)
  expect(code, text).toBe(0)
  return text
}

const run = (payload: object, ...args: string[]) =>
  installation.rapport('plugin', 'run', 'depot', 'depot.ship', '--payload', JSON.stringify(payload), ...args)

async function accounts(name: string): Promise<number> {
  const { rows } = await installation.owner.query<{ count: number }>(
    'select count(*)::int as count from accounts where name = $1',
    [name],
  )
  return rows[0]?.count ?? 0
}

/** Where the last run of the only job is in the answer to `plugins`. */
const RUN = 'plugins.0.jobs.0.lastRun'

/** Waits for a starting server, and returns a client that sends requests to it as the administrator of `acme`. */
async function clientOf(server: ReturnType<TestInstallation['start']>): Promise<TestClient> {
  let output = ''
  server.stdout?.on('data', (chunk) => (output += String(chunk)))
  const url = await vi.waitFor(() => {
    const found = /^Rapport is ready at (\S+)$/m.exec(output)?.[1]
    if (found === undefined) throw new Error(output)
    return found
  }, WAIT)
  const token = await done('token', '--workspace', 'acme', '--email', 'boss@acme.example')
  return createTestClient((request) => fetch(new Request(url, request)), token.trim(), null)
}

/** The recorded and the queued state of each run, the newest first. */
async function states() {
  const { rows } = await installation.owner.query<{ id: string; outcome: string | null; locked: boolean | null }>(
    `select coalesce(r.queue_id, q.id)::text as id, r.outcome::text as outcome, q.locked_at is not null as locked
     from plugin_job_runs r full join graphile_worker._private_jobs q on q.id = r.queue_id order by coalesce(r.queue_id, q.id) desc`,
  )
  return rows
}

it('`rapport plugin run` runs a job without a server and prints how it ended', async () => {
  const { code, text } = await run({ parcel: 'one' })
  expect([code, text]).toEqual([0, expect.stringMatching(/^depot\.ship in acme \(run \d+\) succeeded in \d+ ms\.\n$/)])
  expect(await accounts('one')).toBe(1)
  const { rows } = await installation.owner.query(
    `select a.email from audit_entries e join actors a on a.id = e.actor_id where e.changes ? 'jobs.depot.ship'`,
  )
  expect(rows).toEqual([{ email: 'boss@acme.example' }])
})

it('`rapport plugin run` prints the message of a job that fails and exits with 1', async () => {
  const { code, text } = await run({ parcel: 'broken' }, '--workspace', 'acme')
  expect(code).toBe(1)
  expect(text).toMatch(/depot\.ship in acme \(run \d+\) failed in attempt 1: The parcel is broken\.\n/)
  expect(text).toMatch(/Nothing was written\. The next attempt is due at 20\d\d-/)
  expect((await states())[0]).toMatchObject({ outcome: 'FAILED', locked: false })
})

it('`rapport plugin run --no-wait` enqueues a run that a server runs', async () => {
  const { rows } = await installation.owner.query<{ id: string }>(`select id from workspaces where slug = 'acme'`)
  const { code, text } = await run({ parcel: 'later' }, '--no-wait', '--workspace', rows[0]?.id ?? '')
  expect([code, text]).toEqual([0, expect.stringMatching(/^Enqueued run \d+ of depot\.ship in acme\./)])
  expect(await accounts('later')).toBe(0)
  const server = start('start')
  await vi.waitFor(async () => expect(await accounts('later')).toBe(1), WAIT)
  // A server may take the run before the command does. The command then waits for the end in the server.
  expect(await run({ parcel: 'beside a server' })).toMatchObject({
    code: 0,
    text: expect.stringContaining('succeeded'),
  })
  expect(await accounts('beside a server')).toBe(1)
  server.kill('SIGTERM')
  await once(server, 'close')
}, 120_000)

it.each([
  ['an unknown plugin', ['nowhere', 'depot.ship'], 'The plugin nowhere is not installed. Installed plugins: depot.'],
  ['an unknown job', ['depot', 'depot.none'], 'The job depot.none of depot (its jobs: depot.ship) was not found.'],
  ['an unknown workspace', ['depot', 'depot.ship', '--workspace', 'nowhere'], 'There is no workspace "nowhere"'],
  [
    'an unknown id of a workspace',
    ['depot', 'depot.ship', '--workspace', '00000000-0000-7000-8000-000000000000'],
    'There is no workspace with the id 0000',
  ],
  [
    'a workspace that does not use the plugin',
    ['depot', 'depot.ship', '--workspace', 'globex'],
    'globex does not use depot. `rapport plugin list` shows why a plugin is not in use. To enable it: rapport plugin enable depot --workspace globex',
  ],
  ['a payload of the wrong type', ['depot', 'depot.ship', '--payload', '{"parcel": 7}'], 'payload.parcel: '],
  ['a payload that is no JSON', ['depot', 'depot.ship', '--payload', '{parcel}'], 'It is not valid JSON.'],
])('`rapport plugin run` refuses %s', async (_what, args, message) => {
  const before = await states()
  const { code, text } = await installation.rapport('plugin', 'run', ...args)
  expect([code, text]).toEqual([1, expect.stringContaining(message)])
  expect(await states()).toEqual(before)
})

it('`rapport plugin run` rolls the attempt back on Ctrl-C, and says that it was interrupted', async () => {
  const payload = JSON.stringify({ parcel: 'stopped', gate: join(installation.folder, 'never.gate') })
  const child = start('plugin', 'run', 'depot', 'depot.ship', '--payload', payload)
  let output = ''
  child.stdout?.on('data', (chunk) => (output += String(chunk)))
  await vi.waitFor(async () => expect((await states())[0]).toMatchObject({ locked: true }), WAIT)
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output).toMatch(/was interrupted in attempt 1\. Nothing was written\. The next attempt is due at 20/)
  expect(await accounts('stopped')).toBe(0)
  expect((await states())[0]).toMatchObject({ outcome: 'INTERRUPTED', locked: false })
  await installation.owner.query('delete from graphile_worker._private_jobs')
}, 120_000)

it.each([
  [
    'the command',
    async (gate: string) =>
      start('plugin', 'run', 'depot', 'depot.ship', '--payload', JSON.stringify({ parcel: 'command', gate })),
  ],
  [
    'the server',
    async (gate: string) => {
      await run({ parcel: 'server', gate }, '--no-wait')
      return start('start')
    },
  ],
])(
  'a run is shown as interrupted when %s that runs it is killed, and a server runs it again',
  async (what, begin) => {
    const parcel = what.replace('the ', '')
    const gate = join(installation.folder, `${parcel}.gate`)
    const victim = await begin(gate)
    await vi.waitFor(async () => expect((await states())[0]).toMatchObject({ locked: true }), WAIT)
    const id = (await states())[0]?.id
    victim.kill('SIGKILL')
    await once(victim, 'close')
    // As if the seconds had passed after which a worker without its lock counts as dead.
    await installation.owner.query(
      `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null`,
    )
    expect(await accounts(parcel)).toBe(0)
    const server = start('start')
    const boss = await clientOf(server)
    const lastRun = async () =>
      at(await boss.must('{ plugins { jobs { lastRun { id status attempts error } } } }'), RUN)
    const error = 'The server process ended during the attempt.'
    await vi.waitFor(async () => expect(await lastRun()).toEqual({ id, status: 'RUNNING', attempts: 2, error }), WAIT)
    await installation.write({ [`${parcel}.gate`]: '' })
    await vi.waitFor(async () => expect(await lastRun()).toEqual({ id, status: 'SUCCEEDED', attempts: 2, error }), WAIT)
    expect(await accounts(parcel)).toBe(1)
    server.kill('SIGTERM')
    await once(server, 'close')
  },
  120_000,
)
