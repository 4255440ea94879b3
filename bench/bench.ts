import { findActorByEmail } from '../src/modules/workspaces/find-users.ts'
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

/** The results of a run of the benchmark. */
export interface BenchReport {
  /** See `machineFacts`. */
  readonly facts: readonly string[]
  readonly cases: readonly CaseReport[]
  /** The whole report as Markdown. */
  readonly text: string
}

const POOL_SIZE = 10

/**
 * Starts the servers on a loaded database, compares their responses, and measures them.
 * @param source where the PostgreSQL server comes from, for the report
 * @throws Error when two responses differ or a request fails
 */
export async function runBench(
  options: BenchOptions,
  databaseUrl: string,
  source: string,
  log: (line: string) => void,
): Promise<BenchReport> {
  const cases = selectItems(CASES, options.cases, (benchCase, text) => benchCase.name.includes(text), '--case')
  const systems = selectItems(SYSTEMS, options.systems, (system, text) => system === text, '--system')
  const { token, jwks, workspaceId, actorId } = await signIn(databaseUrl)
  const servers: RunningServer[] = []
  const client = startLoadClient()
  try {
    for (const id of systems) servers.push(await startServer(id, { databaseUrl, jwks, poolSize: POOL_SIZE }))
    return await withClient(databaseUrl, async (ownerClient) => {
      const authorization = `Bearer ${token}`
      const send = (system: SystemId, requests: Pick<Requests, 'path'>, body: string) =>
        post(`${servers.find(({ id }) => id === system)?.url}${requests.path}`, authorization, body)
      const context: CaseContext = { workspaceId, actorId, seed: options.seed, ownerClient, send }
      const bench: Bench = { options, servers, client, authorization, databaseCpu: await watchDatabaseCpu(ownerClient) }
      const facts = await machineFacts(ownerClient, source)
      facts.push(
        `Load: ${options.connections} connections, pool of ${POOL_SIZE} a server, ${options.rounds} rounds of ${options.seconds} s after ${options.warmUpSeconds} s of warm-up, medians`,
      )
      const reports: CaseReport[] = []
      for (const benchCase of cases) reports.push(await runCase(bench, context, benchCase, log))
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
  benchCase: Case,
  log: (line: string) => void,
): Promise<CaseReport> {
  const { ownerClient } = context
  if (benchCase.writes) await removeWritten(ownerClient, benchCase.writes)
  try {
    const requests = new Map<SystemId, Requests>()
    for (const { id } of bench.servers) requests.set(id, await benchCase.requests(context, id))
    const compared = await verifyEqual(benchCase.name, requests, context.send)
    log(`  ${benchCase.name}: the responses of all systems to ${compared} requests are equal`)
    const { rounds, sent } = await measureCase(bench, benchCase.name, requests, log)
    // The comparison has sent each request to each system one more time.
    if (benchCase.writes)
      await verifyWritten(
        ownerClient,
        benchCase.writes,
        new Map([...sent].map(([id, count]) => [id, count + compared])),
      )
    return {
      name: benchCase.name,
      systems: [...rounds].map(([id, measured]) => ({ id, summary: summarize(measured), rounds: measured })),
    }
  } finally {
    if (benchCase.writes) await removeWritten(ownerClient, benchCase.writes)
  }
}

/** Issues an access token for the administrator of the busy workspace, signed with Rapport's keys. */
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
  const sentBody = body.replace('{uuid}', crypto.randomUUID())
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
    body: sentBody,
  })
  const text = await response.text()
  if (!response.ok || text.includes('"errors":') || text.includes('"userErrors":[{'))
    throw new Error(`${url} responded with ${response.status} ${text.slice(0, 2_000)} to ${sentBody.slice(0, 1_000)}`)
  const answer: unknown = JSON.parse(text)
  return answer
}

/**
 * Returns the items that match any of the texts of a command-line option, or all items when the option is not given.
 * @throws Error when no item matches
 */
function selectItems<Item>(
  all: readonly Item[],
  texts: readonly string[],
  matches: (item: Item, text: string) => boolean,
  option: string,
): Item[] {
  const selected = texts.length === 0 ? [...all] : all.filter((item) => texts.some((text) => matches(item, text)))
  if (selected.length === 0) throw new Error(`${option} ${texts.join(', ')} matches nothing.`)
  return selected
}
