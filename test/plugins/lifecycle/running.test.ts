import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { TALLY } from '../tally/plugin.ts'
import { createTestInstallation, type TestInstallation } from './installation.ts'

const PLUGIN = `import { defineOperation, definePlugin } from 'rapport/plugin'

const countUp = defineOperation({
  name: 'countUp',
  description: 'Adds entries to the plugin’s own table.',
  permission: 'account:create',
  input: { codes: { type: 'String', isList: true, isRequired: true, description: 'Codes of the entries.' } },
  payload: { count: { type: 'Int', description: 'Number of entries.' } },
  async run({ codes }, { prisma, transaction: { workspaceId }, newId }) {
    for (const code of codes) await prisma.tallyEntry.create({ data: { workspaceId, id: newId(), code } })
    return { values: { count: await prisma.tallyEntry.count() }, userErrors: [] }
  },
})

export default definePlugin({
  id: 'tally',
  description: 'Counts.',
  version: '1.0.0',
  api: '^1.0.0',
  operations: [countUp],
})
`

let installation: TestInstallation
const servers: RunningServer[] = []
beforeAll(async () => {
  installation = await createTestInstallation()
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')))
  await installation.close()
})

/** A server in a process of its own. */
interface RunningServer {
  /** Sends a signal, and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<unknown>
  /** Calls the plugin's operation. */
  countUp(...codes: string[]): Promise<unknown>
}

const READY = /^Rapport is ready at (http:\/\/\S+)$/m

async function startServer(): Promise<RunningServer> {
  const child = installation.start('start')
  const ended = once(child, 'close')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  await waitUntil(() => READY.test(output) || child.exitCode !== null)
  const url = READY.exec(output)?.[1]
  if (url === undefined) throw new Error(`The server did not start: ${output}`)
  const token = await rapport('token', '--workspace', 'acme', '--email', 'boss@acme.example')
  const server: RunningServer = {
    kill(signal) {
      child.kill(signal)
      return ended
    },
    async countUp(...codes) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token.trim()}` },
        body: JSON.stringify({
          query: 'mutation ($codes: [String!]!) { countUp(input: { codes: $codes }) { count userErrors { code } } }',
          variables: { codes },
        }),
      })
      return response.json()
    },
  }
  servers.push(server)
  return server
}

async function rapport(...args: string[]): Promise<string> {
  const { code, text } = await installation.rapport(...args)
  expect(code, text).toBe(0)
  return text
}

async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return
    await wait(50)
  }
  throw new Error('The condition was not met within 30 s.')
}

async function codes(): Promise<unknown[]> {
  const { rows } = await installation.owner.query<{ code: string }>('select code from tally_entries order by code')
  return rows.map(({ code }) => code)
}

it('a plugin that is added while the server runs uses its models by `prisma` without a restart, and a killed server leaves no half of an operation', async () => {
  await rapport('workspace', 'create', 'acme', '--admin', 'boss@acme.example')
  const server = await startServer()
  await installation.write({
    'plugins/tally/plugin.ts': PLUGIN,
    'plugins/tally/remove.sql': 'DROP TABLE "tally_marks";\nDROP TABLE "tally_entries";\n',
    'plugins/tally/models.prisma': await readFile(join(TALLY, 'models.prisma'), 'utf8'),
    'plugins/tally/migrations/0001_init.sql': await readFile(join(TALLY, 'migrations/0001_init.sql'), 'utf8'),
  })
  await rapport('plugin', 'add', './plugins/tally', '--yes')
  await rapport('plugin', 'enable', 'tally', '--workspace', 'acme')
  expect(await server.countUp('a', 'b')).toEqual({ data: { countUp: { count: 2, userErrors: [] } } })

  const blocker = await installation.owner.connect()
  try {
    // The operation waits for the outcome of this insert, after it has written its first entry.
    await blocker.query(
      `begin; insert into tally_entries (workspace_id, id, code) select id, gen_random_uuid(), 'blocked' from workspaces where slug = 'acme'`,
    )
    const answer = server.countUp('first', 'blocked').catch(() => 'no answer')
    await waitUntil(async () => {
      const { rows } = await installation.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    await server.kill('SIGKILL')
    expect(await answer).toBe('no answer')
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
  expect(await codes()).toEqual(['a', 'b'])
  const restarted = await startServer()
  expect(at(await restarted.countUp('first', 'blocked'), 'data.countUp.count')).toBe(4)
  await restarted.kill('SIGTERM')
  expect(await codes()).toEqual(['a', 'b', 'blocked', 'first'])
}, 240_000)
