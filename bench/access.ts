// Measures how much time permissions add to a read. Users with different roles request the benchmark's nested list (20
// accounts with owner, 10 contacts and 5 interactions each). All roles give access to the same data, but with different
// grants: `*:*`, every field by its name, and records by team, by hierarchy and by a sharing rule, whose scopes cover
// all records. So all responses are equal. The roles are measured in turn, on one server.
//
// Run: node bench/access.ts [--scale 0.2] [--rounds 3] [--seconds 4] [--keep]
//
// Prints the requests per second of each role, and their ratio to those of the role `everything`.

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { uuidv7 } from 'uuidv7'
import { findActorByEmail } from '../src/modules/workspaces/find-users.ts'
import { openDatabase } from '../src/platform/data/database.ts'
import { openSigningKeys } from '../src/platform/identity/sessions/signing-keys.ts'
import { issueToken, MAX_TOKEN_SECONDS } from '../src/platform/identity/sessions/tokens.ts'
import { accountList } from './cases/account-list.ts'
import { BUSY_WORKSPACE } from './data/size.ts'
import { startLoadClient } from './load/start.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { openCluster } from './postgres/cluster.ts'
import { openBenchDatabase, withClient } from './postgres/database.ts'
import { startServer } from './servers/start.ts'

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  account: ['name', 'industry', 'owner', 'contacts', 'interactions'],
  contact: ['fullName', 'primaryEmail'],
  interaction: ['subject', 'occurredAt'],
  user: ['displayName'],
}
const readPermissions = (scope: string) =>
  ['account', 'contact', 'interaction'].map((object) => `${object}:read@${scope}`)

/** The permissions of each role, by the role's name. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  everything: ['*:*'],
  'fields by name': Object.entries(FIELDS).flatMap(([object, names]) => names.map((name) => `${object}.${name}:read`)),
  'records by team': [...readPermissions('team'), 'user:read'],
  'records by hierarchy': [...readPermissions('hierarchy'), 'user:read'],
  'accounts by a sharing rule': ['account:read@shared', 'contact:read', 'interaction:read', 'user:read'],
  'records by hierarchy, fields by name': [
    ...Object.entries(FIELDS).flatMap(([object, names]) =>
      names.map((name) => `${object}.${name}:read${object === 'user' ? '' : '@hierarchy'}`),
    ),
  ],
}

/**
 * Creates a user for each role, and a team that contains all users. In the hierarchy of roles, the roles that use it
 * are above all others. Returns the value of the Authorization header for each user, by the role's name.
 */
async function createUsers(url: string, ownerClient: pg.Client): Promise<Map<string, string>> {
  const database = openDatabase(url)
  const tokens = new Map<string, string>()
  try {
    const keys = await openSigningKeys(database.ownerPool)
    const { workspaceId, actorId } = await findActorByEmail(
      database.ownerPool,
      BUSY_WORKSPACE.slug,
      BUSY_WORKSPACE.email,
    )
    const team = uuidv7()
    await ownerClient.query(
      `insert into teams (workspace_id, id, name, created_by_id, updated_by_id) values ($1, $2, $3, $4, $4)`,
      [workspaceId, team, `Everybody ${team}`, actorId],
    )
    await ownerClient.query(
      `insert into team_members (workspace_id, id, team_id, user_id)
       select workspace_id, gen_random_uuid(), $2, id from actors where workspace_id = $1`,
      [workspaceId, team],
    )
    const { rows: existingRoles } = await ownerClient.query<{ id: string }>(
      'select id from roles where workspace_id = $1',
      [workspaceId],
    )
    for (const [name, permissions] of Object.entries(ROLES)) {
      const [roleId, userId] = [uuidv7(), uuidv7()]
      await ownerClient.query('insert into roles (workspace_id, id, name, permissions) values ($1, $2, $3, $4)', [
        workspaceId,
        roleId,
        `${name} ${roleId}`,
        permissions,
      ])
      await ownerClient.query(
        `insert into actors (workspace_id, id, kind, display_name, email) values ($1, $2, 'USER', $3, $4)`,
        [workspaceId, userId, name, `${userId}@bench.example`],
      )
      await ownerClient.query('insert into actor_roles (workspace_id, actor_id, role_id) values ($1, $2, $3)', [
        workspaceId,
        userId,
        roleId,
      ])
      await ownerClient.query(
        'insert into team_members (workspace_id, id, team_id, user_id) values ($1, gen_random_uuid(), $2, $3)',
        [workspaceId, team, userId],
      )
      // Both roles that use the hierarchy are above all other roles; the second one is also above the first one.
      if (name.includes('hierarchy'))
        await ownerClient.query(
          `update roles set parent_id = $2 where workspace_id = $1 and parent_id is null and id <> $2
             and (id = any($3) or name like '%hierarchy%')`,
          [workspaceId, roleId, existingRoles.map(({ id }) => id)],
        )
      if (name.includes('sharing'))
        await ownerClient.query(
          `insert into sharing_rules (workspace_id, id, name, object, filter, role_id, created_by_id, updated_by_id)
           values ($1, gen_random_uuid(), $2, 'Account', '{"name": {"isNull": false}}', $3, $4, $4)`,
          [workspaceId, `All accounts ${roleId}`, roleId, actorId],
        )
      const token = await issueToken(keys, { workspaceId, actorId: userId, expiresInSeconds: MAX_TOKEN_SECONDS })
      tokens.set(name, `Bearer ${token}`)
    }
    return tokens
  } finally {
    await database.close()
  }
}

async function sendRequest(url: string, authorization: string, body: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
    body,
  })
  const answer: unknown = await response.json()
  if (!response.ok || JSON.stringify(answer).includes('"errors"'))
    throw new Error(JSON.stringify(answer).slice(0, 1_000))
  return answer
}

async function bench(options: BenchOptions): Promise<void> {
  const log = (line: string) => console.error(line)
  const cluster = await openCluster(join(tmpdir(), 'rapport-bench'), process.env['BENCH_DATABASE_URL'])
  try {
    const database = await openBenchDatabase(cluster, options.seed, options.scale, log)
    await withClient(database.url, async (ownerClient) => {
      const tokens = await createUsers(database.url, ownerClient)
      await ownerClient.query('analyze')
      const server = await startServer('rapport', { databaseUrl: database.url, jwks: { keys: [] }, poolSize: 10 })
      const client = startLoadClient()
      try {
        const everything = tokens.get('everything') ?? ''
        const requests = await accountList.requests(
          {
            workspaceId: '',
            actorId: '',
            seed: options.seed,
            ownerClient,
            send: (_system, _requests, body) => sendRequest(server.url, everything, body),
          },
          'rapport',
        )
        for (const [name, token] of tokens)
          for (const body of requests.bodies) {
            const [expected, actual] = [
              await sendRequest(server.url, everything, body),
              await sendRequest(server.url, token, body),
            ]
            if (JSON.stringify(expected) !== JSON.stringify(actual))
              throw new Error(`The response for the role "${name}" differs from that for "everything".`)
          }
        log(`The responses to ${requests.bodies.length} requests are equal for all roles`)
        const measured = new Map<string, { requests: number; cpu: number; p50: number }[]>()
        const names = [...tokens.keys()]
        for (let round = 0; round < options.rounds; round++)
          for (let turn = 0; turn < names.length; turn++) {
            const name = names[(round + turn) % names.length] ?? ''
            const load = {
              url: server.url,
              authorization: tokens.get(name) ?? '',
              connections: options.connections,
              bodies: requests.bodies,
            }
            await client.run({ ...load, seconds: options.warmUpSeconds })
            const before = await server.cpu()
            const result = await client.run({ ...load, seconds: options.seconds })
            if (result.errors > 0) throw new Error(result.firstError ?? 'A request failed.')
            const cpu = ((await server.cpu()) - before) / result.requests
            measured.set(name, [
              ...(measured.get(name) ?? []),
              { requests: result.requests / result.seconds, cpu, p50: result.p50 },
            ])
          }
        print(measured)
      } finally {
        client.stop()
        await server.stop()
      }
    })
    if (!options.keep) await database.drop()
  } finally {
    await cluster.stop(options)
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function print(measured: ReadonlyMap<string, readonly { requests: number; cpu: number; p50: number }[]>): void {
  const base = median((measured.get('everything') ?? []).map(({ requests }) => requests))
  console.log('| role | requests/s | of everything | p50 ms | server CPU µs |\n| --- | ---: | ---: | ---: | ---: |')
  for (const [name, rounds] of measured) {
    const rate = median(rounds.map(({ requests }) => requests))
    const [p50, cpu] = [median(rounds.map((round) => round.p50)), median(rounds.map((round) => round.cpu))]
    console.log(
      `| ${name} | ${rate.toFixed(0)} | ${(rate / base).toFixed(2)} | ${p50.toFixed(1)} | ${cpu.toFixed(0)} |`,
    )
  }
}

const options = readOptions(process.argv.slice(2))
if (options === 'help')
  console.log(
    'node bench/access.ts [--scale <n>] [--rounds <n>] [--seconds <n>] [--warm-up <n>] [--connections <n>] [--keep]',
  )
else await bench(options)
