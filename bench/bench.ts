import { findActorByEmail } from '../src/modules/workspaces/provision.ts'
import { openDatabase } from '../src/platform/data/database.ts'
import { openSigningKeys } from '../src/platform/identity/sessions/signing-keys.ts'
import { issueToken, MAX_TOKEN_SECONDS } from '../src/platform/identity/sessions/tokens.ts'
import type { Case, CaseContext, Requests } from './cases/case.ts'
import { CASES } from './cases/index.ts'
import { BUSY_WORKSPACE } from './data/size.ts'
import { startLoadClient } from './load/start.ts'
import { watchDatabaseCpu } from './measure/database-cpu.ts'
import { type Bench, measureCase } from './measure/rounds.ts'
import { verifyEqual } from './measure/verify.ts'
import { removeWritten, verifyWritten } from './measure/writes.ts'
import type { BenchOptions } from './options.ts'
import { withClient } from './postgres/database.ts'
import { type CaseReport, caseTable, machineFacts, summarize } from './report.ts'
import { type RunningServer, SYSTEMS, type SystemId, startServer } from './servers/start.ts'

export interface BenchReport {
  readonly facts: readonly string[]
  readonly cases: readonly CaseReport[]
  /** All of it in Markdown. */
  readonly text: string
}

const POOL_SIZE = 10

/** Starts the servers on a loaded database, compares what they answer, and measures them. Throws on any difference or failure. */
export async function runBench(
  options: BenchOptions,
  databaseUrl: string,
  source: string,
  tell: (line: string) => void,
): Promise<BenchReport> {
  const cases = chosen(CASES, options.cases, (each, text) => each.name.includes(text), '--case')
  const systems = chosen(SYSTEMS, options.systems, (each, text) => each === text, '--system')
  const { token, jwks, workspaceId, actorId } = await signIn(databaseUrl)
  const servers: RunningServer[] = []
  const client = startLoadClient()
  try {
    for (const id of systems) servers.push(await startServer(id, { databaseUrl, jwks, poolSize: POOL_SIZE }))
    return await withClient(databaseUrl, async (ownerPool) => {
      const authorization = `Bearer ${token}`
      const ask = (system: SystemId, requests: Pick<Requests, 'path'>, body: string) =>
        post(`${servers.find(({ id }) => id === system)?.url}${requests.path}`, authorization, body)
      const context: CaseContext = { workspaceId, actorId, seed: options.seed, ownerPool, ask }
      const bench: Bench = { options, servers, client, authorization, databaseCpu: await watchDatabaseCpu(ownerPool) }
      const facts = await machineFacts(ownerPool, source)
      facts.push(
        `Load: ${options.connections} connections, pool of ${POOL_SIZE} a server, ${options.rounds} rounds of ${options.seconds} s after ${options.warmUpSeconds} s of warm-up, medians`,
      )
      const reports: CaseReport[] = []
      for (const each of cases) reports.push(await runCase(bench, context, each, tell))
      return {
        facts,
        cases: reports,
        text: [...facts.map((fact) => `- ${fact}`), '', ...reports.map((report) => `${caseTable(report)}\n`)].join(
          '\n',
        ),
      }
    })
  } finally {
    client.stop()
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function runCase(
  bench: Bench,
  context: CaseContext,
  each: Case,
  tell: (line: string) => void,
): Promise<CaseReport> {
  const { ownerPool } = context
  if (each.writes) await removeWritten(ownerPool, each.writes)
  try {
    const requests = new Map<SystemId, Requests>()
    for (const { id } of bench.servers) requests.set(id, await each.requests(context, id))
    const compared = await verifyEqual(each.name, requests, context.ask)
    tell(`  ${each.name}: all systems answer the same to ${compared} requests`)
    const { rounds, sent } = await measureCase(bench, each.name, requests, tell)
    // One more each from the comparison.
    if (each.writes)
      await verifyWritten(ownerPool, each.writes, new Map([...sent].map(([id, count]) => [id, count + compared])))
    return {
      name: each.name,
      systems: [...rounds].map(([id, measured]) => ({ id, summary: summarize(measured), rounds: measured })),
    }
  } finally {
    if (each.writes) await removeWritten(ownerPool, each.writes)
  }
}

/** A token of the busy workspace's administrator, from the keys that Rapport signs with. */
async function signIn(databaseUrl: string) {
  const database = openDatabase(databaseUrl)
  try {
    const keys = await openSigningKeys(database.ownerPool)
    const actor = await findActorByEmail(database.ownerPool, BUSY_WORKSPACE.slug, BUSY_WORKSPACE.email)
    return {
      ...actor,
      jwks: await keys.publicJwks(),
      token: await issueToken(keys, { ...actor, expiresInSeconds: MAX_TOKEN_SECONDS }),
    }
  } finally {
    await database.close()
  }
}

async function post(url: string, authorization: string, body: string): Promise<unknown> {
  const fresh = body.replace('{uuid}', crypto.randomUUID())
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
    body: fresh,
  })
  const text = await response.text()
  if (!response.ok || text.includes('"errors":') || text.includes('"userErrors":[{'))
    throw new Error(`${url} answers ${response.status} ${text.slice(0, 2_000)} to ${fresh.slice(0, 1_000)}`)
  const answer: unknown = JSON.parse(text)
  return answer
}

function chosen<Item>(
  all: readonly Item[],
  texts: readonly string[],
  matches: (item: Item, text: string) => boolean,
  option: string,
): Item[] {
  const found = texts.length === 0 ? [...all] : all.filter((item) => texts.some((text) => matches(item, text)))
  if (found.length === 0) throw new Error(`${option} ${texts.join(', ')} chooses nothing.`)
  return found
}
