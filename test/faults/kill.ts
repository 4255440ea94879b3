import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { embeddedPostgresHolder, removeEmbeddedPostgres } from '../../src/platform/data/embedded/embedded-postgres.ts'
import { findHalfWrites, findLost, findLostAppends, repeatUnanswered } from './check.ts'
import { freePort, postmasterPid, rapport, type ServerProcess, startServer } from './server.ts'
import { type ClientLog, writeUntilGone } from './writers.ts'

/*
 * Kills the server at a random moment while clients write, starts it again, and compares the database with the writes
 * that were acknowledged. Usage: npm run test:faults -- [--loops 50] [--postmaster 5] [--clients 8]
 */
const { values } = parseArgs({
  options: {
    loops: { type: 'string', default: '50' },
    postmaster: { type: 'string', default: '5' },
    clients: { type: 'string', default: '8' },
  },
})
const LOOPS = Number(values.loops)
const POSTMASTER_LOOPS = Number(values.postmaster)
const CLIENTS = Number(values.clients)
const SHORTEST_LIFE_MS = 100
const LONGEST_LIFE_MS = 1_500

interface Loop {
  readonly victim: string
  readonly lived: number
  readonly acknowledged: number
  readonly unanswered: number
  readonly readyAfter: number
  readonly problems: readonly string[]
}

const folder = await mkdtemp(join(tmpdir(), 'rapport-faults-'))
// When this runs as root, PostgreSQL runs as another user, which needs access to the folder.
await chmod(folder, 0o711)
const home = join(folder, 'home')
const port = await freePort()
const log: ClientLog = { acknowledged: [], unanswered: [], appended: new Map() }
const loops: Loop[] = []
let server: ServerProcess | null = null
try {
  server = await startServer(home, port)
  const firstStart = server.readyAfter
  await rapport(home, 'workspace', 'create', 'faults', '--admin', 'admin@faults.example')
  const token = await rapport(
    home,
    'token',
    '--workspace',
    'faults',
    '--email',
    'admin@faults.example',
    '--expires-in',
    '1d',
  )
  for (let index = 0; index < LOOPS + POSTMASTER_LOOPS; index++) {
    const victim = index < LOOPS ? 'server' : 'PostgreSQL'
    const before = log.acknowledged.length
    const lived = Math.round(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS))
    const running: ServerProcess = server
    const clients = Promise.all(
      Array.from({ length: CLIENTS }, (_, client) => writeUntilGone(running.url, token, client, log)),
    )
    await sleep(lived)
    if (victim === 'server') running.process.kill('SIGKILL')
    else process.kill(await postmasterPid(home), 'SIGKILL')
    const end = await Promise.race([running.ended, sleep(15_000, 'still running', { ref: false })])
    await clients
    const acknowledged = log.acknowledged.length - before
    const unanswered = log.unanswered.length
    server = await startServer(home, port)
    const problems = [
      ...(victim === 'PostgreSQL' && end !== 1 ? [`the server ended with ${end}, not 1`] : []),
      ...(await check(server, token, before)),
    ]
    loops.push({ victim, lived, acknowledged, unanswered, readyAfter: Math.round(server.readyAfter), problems })
    print(index, loops.at(-1))
  }
  const problems = await checkEverything()
  server.process.kill('SIGTERM')
  const code = await server.ended
  if (code !== 0) problems.push(`the last server ended with ${code} on SIGTERM`)
  summarize(firstStart, problems)
} finally {
  server?.process.kill('SIGKILL')
  await server?.ended
  await removeEmbeddedPostgres(home)
  await rm(folder, { recursive: true, force: true })
}

/** Returns the problems after a restart: of each write of this loop, and incomplete writes in the whole workspace. */
async function check(running: ServerProcess, token: string, since: number): Promise<string[]> {
  const logged = running
    .errors()
    .split('\n')
    .filter((line) => /"level":(50|60)|Error/.test(line))
  return withDatabase(async (owner, workspaceId) => [
    ...logged.map((line) => `the start wrote: ${line.slice(0, 200)}`),
    ...(await findHalfWrites(owner, workspaceId)),
    ...(await findLost(owner, workspaceId, log.acknowledged.slice(since))),
    ...(await repeatUnanswered(running.url, token, log)),
    ...(await findHalfWrites(owner, workspaceId)),
  ])
}

/** Returns the problems of all writes of all loops. */
async function checkEverything(): Promise<string[]> {
  return withDatabase(async (owner, workspaceId) => [
    ...(await findLost(owner, workspaceId, log.acknowledged)),
    ...(await findLostAppends(owner, workspaceId, log.appended)),
    ...(await findHalfWrites(owner, workspaceId)),
  ])
}

async function withDatabase(work: (owner: pg.Client, workspaceId: string) => Promise<string[]>): Promise<string[]> {
  const holder = await embeddedPostgresHolder(home)
  if (!holder?.url) throw new Error('No server holds the database.')
  const owner = new pg.Client({ connectionString: holder.url })
  await owner.connect()
  try {
    const { rows } = await owner.query<{ id: string }>(`select id from workspaces where slug = 'faults'`)
    return await work(owner, rows[0]?.id ?? '')
  } finally {
    await owner.end()
  }
}

function print(index: number, loop: Loop | undefined): void {
  if (!loop) return
  const { victim, lived, acknowledged, unanswered, readyAfter, problems } = loop
  console.log(
    `${String(index + 1).padStart(3)}  ${victim.padEnd(10)}  killed after ${String(lived).padStart(5)} ms  ${String(acknowledged).padStart(5)} acknowledged  ${unanswered} unanswered  ready again in ${String(readyAfter).padStart(5)} ms  ${problems.length === 0 ? 'ok' : problems.join('; ')}`,
  )
}

function summarize(firstStart: number, problems: readonly string[]): void {
  const sum = (value: (loop: Loop) => number) => loops.reduce((total, loop) => total + value(loop), 0)
  const all = [...loops.flatMap((loop) => loop.problems), ...problems]
  const ready = loops.map(({ readyAfter }) => readyAfter).toSorted((one, other) => one - other)
  console.log(
    `\n| Loops | Clients | Acknowledged writes | Unanswered, sent again | First start | Restart, median | Restart, slowest | Problems |`,
  )
  console.log(`|---|---|---|---|---|---|---|---|`)
  console.log(
    `| ${LOOPS} server, ${POSTMASTER_LOOPS} PostgreSQL | ${CLIENTS} | ${sum(({ acknowledged }) => acknowledged)} | ${sum(({ unanswered }) => unanswered)} | ${Math.round(firstStart)} ms | ${ready[Math.floor(ready.length / 2)]} ms | ${ready.at(-1)} ms | ${all.length} |`,
  )
  for (const problem of all) console.error(problem)
  if (all.length > 0) process.exitCode = 1
}
