import { parseArgs } from 'node:util'
import pg, { type Pool } from 'pg'
import { openTestRun } from '../src/testing/run.ts'
import { openTestServer, type TestServer } from '../src/testing/server.ts'
import { watchDatabaseCpu } from './measure/database-cpu.ts'

// Measures how much time the indexes and the seals of the audit add to a write.
//
// Run: node bench/audit.ts [--rounds 5] [--writes 3000] [--connections 8]
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

/** The configurations that are measured in turn. Each function prepares a new server for a measurement. */
const CONFIGURATIONS: Readonly<Record<string, (server: TestServer) => Promise<void>>> = {
  'without indexes of the audit, without seals': ({ app }) => dropIndexes(app.database.ownerPool),
  'with indexes, without seals': async () => undefined,
  'with indexes, with seals': async ({ app }) => app.startBackground(),
}

/**
 * Drops the indexes for the list of audit entries and for the seals. Keeps the indexes for the history of a record.
 */
async function dropIndexes(ownerPool: Pool): Promise<void> {
  const { rows } = await ownerPool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where indrelid = 'audit_entries'::regclass and not indisprimary
       and pg_get_indexdef(indexrelid) !~ 'record_id'`,
  )
  for (const { name } of rows) await ownerPool.query(`drop index ${name}`)
}

/**
 * The cost of one create. When other programs use the machine too, the CPU time is more reliable than the elapsed time.
 */
interface Cost {
  readonly wallMs: number
  /** CPU time of the process, which contains both the server and the client. */
  readonly serverCpuMs: number
  readonly databaseCpuMs: number
}

async function costOfCreate(server: TestServer, writes: number, connections: number): Promise<Cost> {
  const member = server.as('member')
  const write = async (count: number) => {
    for (let index = 0; index < count; index++)
      await member.must(CREATE, { input: { name: `Bench ${index}`, type: 'CUSTOMER', industry: 'Retail' } })
  }
  const writeAll = (count: number) => Promise.all(Array.from({ length: connections }, () => write(count / connections)))
  await writeAll(writes / 5)
  const watcher = new pg.Client({ connectionString: server.databaseUrl })
  await watcher.connect()
  const databaseCpu = await watchDatabaseCpu(watcher)
  const [startedAt, cpuBefore, databaseCpuBefore] = [performance.now(), process.cpuUsage(), await databaseCpu()]
  await writeAll(writes)
  const cpuUsed = process.cpuUsage(cpuBefore)
  const cost: Cost = {
    wallMs: (performance.now() - startedAt) / writes,
    serverCpuMs: (cpuUsed.user + cpuUsed.system) / 1_000 / writes,
    databaseCpuMs: ((await databaseCpu()) ?? 0) / 1_000 / writes - (databaseCpuBefore ?? 0) / 1_000 / writes,
  }
  await watcher.end()
  return cost
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
}

const run = await openTestRun()
try {
  const results = new Map<string, Cost[]>(Object.keys(CONFIGURATIONS).map((configuration) => [configuration, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    const configurations = Object.entries(CONFIGURATIONS)
    for (const [configuration, prepare] of [
      ...configurations.slice(round % configurations.length),
      ...configurations.slice(0, round % configurations.length),
    ]) {
      const server = await openTestServer({})
      try {
        await prepare(server)
        results.get(configuration)?.push(await costOfCreate(server, Number(values.writes), Number(values.connections)))
      } finally {
        await server.close()
      }
    }
  }
  for (const [configuration, costs] of results) {
    const medianOf = (metric: keyof Cost) => median(costs.map((cost) => cost[metric])).toFixed(3)
    process.stdout.write(
      `${configuration.padEnd(45)} ${medianOf('wallMs')} ms, server CPU ${medianOf('serverCpuMs')} ms, database CPU ${medianOf('databaseCpuMs')} ms\n`,
    )
  }
} finally {
  await run.close()
}
