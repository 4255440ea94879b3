import { join } from 'node:path'
import type { Requests } from '../cases/case.ts'
import type { LoadClient } from '../load/start.ts'
import type { BenchOptions } from '../options.ts'
import type { RunningServer, SystemId } from '../servers/start.ts'
import type { DatabaseCpu } from './database-cpu.ts'

/** The result of one round. Latencies are in milliseconds, CPU times in microseconds per request. */
export interface Round {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
  readonly serverCpu: number
  /** Null when the CPU time of the database's processes cannot be measured. */
  readonly databaseCpu: number | null
}

/** What a measurement needs besides the case. */
export interface Bench {
  readonly options: BenchOptions
  readonly servers: readonly RunningServer[]
  readonly client: LoadClient
  readonly authorization: string
  readonly databaseCpu: DatabaseCpu
}

/**
 * Measures the rounds of one case. The systems are measured in turn, and each round begins with a different system.
 * @returns the results of the rounds, and the number of requests sent, warm-up included, each by system
 * @throws Error when a request fails
 */
export async function measureCase(
  bench: Bench,
  name: string,
  requests: ReadonlyMap<SystemId, Requests>,
  log: (line: string) => void,
): Promise<{ rounds: Map<SystemId, Round[]>; sent: Map<SystemId, number> }> {
  const { options, servers } = bench
  const rounds = new Map<SystemId, Round[]>(servers.map(({ id }) => [id, []]))
  const sent = new Map<SystemId, number>(servers.map(({ id }) => [id, 0]))
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      const server = servers[(round + turn) % servers.length]
      const serverRequests = server && requests.get(server.id)
      if (!server || !serverRequests) continue
      const measured = await measureRound(bench, server, name, serverRequests, round)
      rounds.get(server.id)?.push(measured.round)
      sent.set(server.id, (sent.get(server.id) ?? 0) + measured.sent)
      log(`  ${name}, round ${round + 1}, ${server.id}: ${Math.round(measured.round.requestsPerSecond)} requests/s`)
    }
  }
  return { rounds, sent }
}

async function measureRound(
  bench: Bench,
  server: RunningServer,
  name: string,
  requests: Requests,
  round: number,
): Promise<{ round: Round; sent: number }> {
  const { options, client, databaseCpu } = bench
  const runLoad = async (seconds: number) => {
    const result = await client.run({
      url: `${server.url}${requests.path}`,
      authorization: bench.authorization,
      connections: options.connections,
      seconds,
      bodies: requests.bodies,
    })
    if (result.errors > 0)
      throw new Error(
        `${name}, ${server.id}: ${result.errors} of ${result.requests} requests failed. The first response: ${result.firstError}`,
      )
    return result
  }
  const warmUp = options.warmUpSeconds > 0 ? await runLoad(options.warmUpSeconds) : null
  const profile =
    options.profile !== null && server.id === 'rapport' && round === 0
      ? join(options.profile, `${name.replaceAll(/\W+/g, '-')}.cpuprofile`)
      : null
  if (profile) await server.startProfile()
  const before = { server: await server.cpu(), database: await databaseCpu() }
  const result = await runLoad(options.seconds)
  const after = { server: await server.cpu(), database: await databaseCpu() }
  if (profile) await server.stopProfile(profile)
  return {
    sent: result.requests + (warmUp?.requests ?? 0),
    round: {
      requests: result.requests,
      requestsPerSecond: result.requests / result.seconds,
      p50: result.p50,
      p99: result.p99,
      serverCpu: (after.server - before.server) / result.requests,
      databaseCpu:
        before.database === null || after.database === null
          ? null
          : (after.database - before.database) / result.requests,
    },
  }
}
