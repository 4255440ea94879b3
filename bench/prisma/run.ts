import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { actorById } from '../../src/platform/identity/authenticate.ts'
import type { RequestContext } from '../../src/platform/request/context.ts'
import { runWrites } from '../../src/platform/writes/unit-of-work.ts'
import { type PluginContext, sql } from '../../src/plugin.ts'
import { openTestRun } from '../../src/testing/run.ts'
import { openTestServer, type TestServer } from '../../src/testing/server.ts'
import { TALLY } from '../../test/plugins/tally/plugin.ts'
import type { Boot } from './boot.ts'
import { CASES, type Case, insertAccounts, tally } from './cases.ts'

// Measures Prisma Client in the context of a plugin beside SQL in the same context: µs of CPU time of the server's process
// for one call, without the time of PostgreSQL.
//
// Run: npm run bench:prisma

const ROUNDS = 9
const BOOTS = 3
const TRANSACTIONS = 200

const cluster = await openTestRun()
try {
  await measureCalls()
  await measureBoots()
} finally {
  await cluster.close()
}

async function measureCalls(): Promise<void> {
  const server = await openTestServer({ plugins: [{ plugin: tally, directory: TALLY }] })
  try {
    const { ownerPool } = server.app.database
    const context = await requestContext(server)
    const { workspaceId, id: actorId } = context.actor
    const ids = await insertAccounts(ownerPool, workspaceId, actorId)
    await ownerPool.query(
      `insert into tally_entries (workspace_id, id, code) values ($1, gen_random_uuid(), 'bench')`,
      [workspaceId],
    )
    console.log(`µs of CPU time for one call (medians of ${ROUNDS} rounds)\n`)
    console.log('| call | SQL | unrestricted.prisma | prisma | unrestricted : SQL | prisma : SQL |')
    console.log('| --- | ---: | ---: | ---: | ---: | ---: |')
    for (const each of CASES) {
      const ways = waysOf(each)
      const times = await mediansOf(ways.map((way) => () => timeOfCalls(context, each.calls, ids, way)))
      printRow(each.name, times)
    }
    await measureTransactions(context)
  } finally {
    await server.close()
  }
}

type Way = (context: PluginContext, id: string) => Promise<unknown>

/** Returns the three ways of doing the same: SQL, the unrestricted client, and the client that the caller's rights limit. */
function waysOf({ bySql, byPrisma }: Case): readonly Way[] {
  return [
    bySql,
    (context, id) => byPrisma(context.unrestricted.prisma, context, id),
    (context, id) => byPrisma(context.prisma, context, id),
  ]
}

/** The context of a request of the administrator. */
async function requestContext({ app, as }: TestServer): Promise<RequestContext> {
  const { id, workspaceId } = as('admin').actor
  const actor = await actorById(app.database.ownerPool, workspaceId, id)
  const runtime = await app.host.runtimeOf(actor)
  return { actor, runtime, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}

/** Calls a function in one transaction after the other of its calls, and returns the CPU time of one call in µs. */
async function timeOfCalls(context: RequestContext, calls: number, ids: readonly string[], way: Way): Promise<number> {
  const { result } = await runWrites(context, async (work) => {
    const pluginContext = context.runtime.pluginContext(work, tally)
    const first = await way(pluginContext, ids[0] ?? '')
    if (first === null || (Array.isArray(first) && first.length === 0)) throw new Error('The call has read nothing.')
    const before = process.cpuUsage()
    for (let call = 0; call < calls; call++) await way(pluginContext, ids[call % ids.length] ?? '')
    return cpuSince(before) / calls
  })
  return result
}

/** Measures what the clients of a context cost a transaction that does not use them, and one that makes one call. */
async function measureTransactions(context: RequestContext): Promise<void> {
  const time = async (run: Parameters<typeof runWrites<unknown>>[1]) => {
    const before = process.cpuUsage()
    for (let index = 0; index < TRANSACTIONS; index++) await runWrites(context, run)
    return cpuSince(before) / TRANSACTIONS
  }
  const inContext = (use: (context: PluginContext) => Promise<unknown>) => () =>
    time((work) => use(context.runtime.pluginContext(work, tally)))
  const one = sql`select 1 as one`
  const [without = 0, unused = 0, used = 0] = await mediansOf([
    () => time(({ transaction }) => transaction.query(one)),
    inContext(({ transaction }) => transaction.query(one)),
    inContext(({ prisma, transaction: { workspaceId } }) =>
      prisma.account.findFirst({ where: { workspaceId }, select: { id: true } }),
    ),
  ])
  console.log(
    `\nA transaction with one statement: ${without.toFixed(0)} µs without a context, ${unused.toFixed(0)} with a context whose ` +
      `clients are not used, ${used.toFixed(0)} when the statement is one call of prisma.`,
  )
}

/** Measures the functions in turn, after a round that does not count, and returns the median of each. */
async function mediansOf(measures: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times: number[][] = measures.map(() => [])
  for (let round = -1; round < ROUNDS; round++)
    for (const [index, measure] of measures.entries()) {
      const time = await measure()
      if (round >= 0) times[index]?.push(time)
    }
  return times.map(median)
}

function printRow(name: string, [bySql = 0, unrestricted = 0, guarded = 0]: readonly number[]): void {
  const cells = [bySql, unrestricted, guarded].map((time) => time.toFixed(0))
  const ratios = [unrestricted, guarded].map((time) => (time / bySql).toFixed(1))
  console.log(`| ${[name, ...cells, ...ratios].join(' | ')} |`)
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
}

/** Prints the time and memory of a start of the server without plugins and with the three plugins of this repository. */
async function measureBoots(): Promise<void> {
  console.log(`\nStart of the server (medians of ${BOOTS})\n`)
  console.log(
    '| plugins | boot ms | of it Prisma Client ms | its CPU ms without the process that describes models | RSS MB | heap MB | of it Prisma Client MB |',
  )
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const count of [0, 3]) {
    const server = await openTestServer({})
    try {
      const boots: Boot[] = []
      for (let index = 0; index < BOOTS; index++) {
        const script = fileURLToPath(new URL('boot.ts', import.meta.url))
        const args = ['--expose-gc', script, server.databaseUrl, String(count)]
        boots.push(JSON.parse((await promisify(execFile)(process.execPath, args)).stdout))
      }
      const cells = (['bootMs', 'preparedMs', 'prismaMs', 'rssMb', 'heapMb', 'prismaMb'] as const).map((name) =>
        median(boots.map((boot) => boot[name])).toFixed(1),
      )
      console.log(`| ${[count, ...cells].join(' | ')} |`)
    } finally {
      await server.close()
    }
  }
}
