import { parseArgs } from 'node:util'
import pg, { type Pool } from 'pg'
import { openTestRun } from '../src/testing/run.ts'
import { openTestServer, type TestServer } from '../src/testing/server.ts'
import { watchDatabaseCpu } from './measure/database-cpu.ts'

// What the audit costs a write: node bench/audit.ts [--rounds 5] [--writes 3000] [--connections 8]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    writes: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '8' },
  },
})

const CREATE = `mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { account { id version name createdAt } userErrors { code } }
}`

/** Ways to run the same server, in turns. */
const WAYS: Readonly<Record<string, (server: TestServer) => Promise<void>>> = {
  'without indexes of the audit, not sealing': ({ app }) => dropIndexes(app.database.ownerPool),
  'with its indexes, not sealing': async () => undefined,
  'with its indexes, sealing': async ({ app }) => app.startBackground(),
}

/** The indexes that its list and its seals need; those of the history stay. */
async function dropIndexes(ownerPool: Pool): Promise<void> {
  const { rows } = await ownerPool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where indrelid = 'audit_entries'::regclass and not indisprimary
       and pg_get_indexdef(indexrelid) !~ 'record_id'`,
  )
  for (const { name } of rows) await ownerPool.query(`drop index ${name}`)
}

/** What one create costs. Where others use the machine as well, the CPU says more than the time. */
interface Cost {
  readonly wallMs: number
  /** Of the server and of the client in the same process. */
  readonly serverCpuMs: number
  readonly databaseCpuMs: number
}

async function costOfCreate(server: TestServer, writes: number, connections: number): Promise<Cost> {
  const member = server.as('member')
  const write = async (count: number) => {
    for (let index = 0; index < count; index++)
      await member.must(CREATE, { input: { name: `Bench ${index}`, type: 'CUSTOMER', industry: 'Retail' } })
  }
  const all = (count: number) => Promise.all(Array.from({ length: connections }, () => write(count / connections)))
  await all(writes / 5)
  const watcher = new pg.Client({ connectionString: server.databaseUrl })
  await watcher.connect()
  const databaseCpu = await watchDatabaseCpu(watcher)
  const [began, cpu, database] = [performance.now(), process.cpuUsage(), await databaseCpu()]
  await all(writes)
  const used = process.cpuUsage(cpu)
  const cost: Cost = {
    wallMs: (performance.now() - began) / writes,
    serverCpuMs: (used.user + used.system) / 1_000 / writes,
    databaseCpuMs: ((await databaseCpu()) ?? 0) / 1_000 / writes - (database ?? 0) / 1_000 / writes,
  }
  await watcher.end()
  return cost
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
}

const run = await openTestRun()
try {
  const results = new Map<string, Cost[]>(Object.keys(WAYS).map((way) => [way, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    const ways = Object.entries(WAYS)
    for (const [way, prepare] of [...ways.slice(round % ways.length), ...ways.slice(0, round % ways.length)]) {
      const server = await openTestServer({})
      try {
        await prepare(server)
        results.get(way)?.push(await costOfCreate(server, Number(values.writes), Number(values.connections)))
      } finally {
        await server.close()
      }
    }
  }
  for (const [way, costs] of results) {
    const of = (part: keyof Cost) => median(costs.map((cost) => cost[part])).toFixed(3)
    process.stdout.write(
      `${way.padEnd(45)} ${of('wallMs')} ms, server CPU ${of('serverCpuMs')} ms, database CPU ${of('databaseCpuMs')} ms\n`,
    )
  }
} finally {
  await run.close()
}
