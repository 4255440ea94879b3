import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { createApiKey } from '../../src/platform/identity/api-keys.ts'
import { type Authenticator, createAuthenticator } from '../../src/platform/identity/authenticate.ts'
import { openSigningKeys, type SigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'

let database: AccessDatabase
let keys: SigningKeys
let authenticator: Authenticator
let workspaceId: string
let adminId: string

beforeAll(async () => {
  database = await createAccessDatabase()
  keys = await openSigningKeys(database.ownerPool)
  authenticator = createAuthenticator(database.ownerPool, keys)
})
afterAll(() => database.drop())
beforeEach(async () => {
  vi.restoreAllMocks()
  const slug = `w${randomUUID()}`
  ;({ workspaceId, adminId } = await createWorkspace(database.ownerPool, { slug, adminEmail: 'ada@acme.example' }))
})

async function bearer(actorId: string): Promise<string> {
  return `Bearer ${await issueToken(keys, { workspaceId, actorId, expiresInSeconds: 900 })}`
}

/** Runs a statement as the owner and asserts that it changed rows; `$1` is the workspace. */
async function change(statement: string, ...values: unknown[]): Promise<void> {
  const { rowCount } = await database.ownerPool.query(statement, [workspaceId, ...values])
  expect(rowCount).toBeGreaterThan(0)
}

describe('looking up the caller of a request', () => {
  test('takes one SQL statement', async () => {
    const token = await bearer(adminId)
    const queries = vi.spyOn(database.ownerPool, 'query')
    const connections = vi.spyOn(database.ownerPool, 'connect')
    await authenticator.authenticate(token)
    expect(queries).toHaveBeenCalledTimes(1)
    expect(connections.mock.calls.length).toBeLessThanOrEqual(1)
  })

  test('takes one SQL statement that also checks whether the session of the token has ended', async () => {
    const { rows } = await database.ownerPool.query(
      `insert into sessions (workspace_id, id, actor_id, expires_at) values ($1, gen_random_uuid(), $2, now() + interval '1 day')
       returning id`,
      [workspaceId, adminId],
    )
    const sessionId: string = rows[0]?.id
    const token = `Bearer ${await issueToken(keys, { workspaceId, actorId: adminId, sessionId })}`
    const queries = vi.spyOn(database.ownerPool, 'query')
    const actor = await authenticator.authenticate(token)
    expect(actor).toMatchObject({ id: adminId, sessionId, identityProviderId: null })
    expect(await authenticator.renew(actor)).toMatchObject({ sessionId })
    expect(queries).toHaveBeenCalledTimes(2)
    // PostgreSQL rounds to the milliseconds of the column: now() alone could be up to half a millisecond in the future.
    const past = `now() - interval '1 ms'`
    for (const end of [`revoked_at = now()`, `revoked_at = null, expires_at = ${past}`]) {
      await change(`update sessions set ${end} where workspace_id = $1`)
      for (const attempt of [() => authenticator.authenticate(token), () => authenticator.renew(actor)])
        await expect(attempt()).rejects.toMatchObject({ reason: `The session ${sessionId} has ended.` })
    }
  })

  test('takes at most two SQL statements for 50 requests of one API key that arrive together', async () => {
    const { secret } = await createApiKey(database.ownerPool, { workspaceId, name: 'x', roleName: 'member' })
    const queries = vi.spyOn(database.ownerPool, 'query')
    const actors = await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(`Bearer ${secret}`)))
    expect(new Set(actors.map((actor) => actor.id)).size).toBe(1)
    expect(queries.mock.calls.length).toBeLessThanOrEqual(2)
  })

  test('never gives the caller rights that were removed before the request', async () => {
    const { actorId, secret } = await createApiKey(database.ownerPool, { workspaceId, name: 'x', roleName: 'admin' })
    let revoked = false
    const load = Array.from({ length: 8 }, async () => {
      for (let round = 0; round < 100; round++) {
        const wasRevoked = revoked
        const actor = await authenticator.authenticate(`Bearer ${secret}`)
        if (wasRevoked) expect(actor.permissions.size).toBe(0)
      }
    })
    await change('delete from actor_roles where workspace_id = $1 and actor_id = $2', actorId)
    revoked = true
    await Promise.all(load)
  })

  test('fails with the error of the database, and not with an invalid credential, when the database fails', async () => {
    const { secret } = await createApiKey(database.ownerPool, { workspaceId, name: 'x', roleName: 'member' })
    vi.spyOn(database.ownerPool, 'query').mockImplementationOnce(() => Promise.reject(new Error('connection refused')))
    await expect(authenticator.authenticate(`Bearer ${secret}`)).rejects.toThrow('connection refused')
  })
})
