import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setPassword } from '../../../src/platform/identity/passwords/passwords.ts'
import { makeSetupToken } from '../../../src/platform/identity/passwords/setup-tokens.ts'
import type { TestActor } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { byPassword, PASSWORD, postForm, signIn, statusOf } from '../../support/sign-in.ts'

const OTHER_PASSWORD = 'lampe 9 fjord mandel'

let app: TestApp
let member: TestActor
let user: { workspaceId: string; actorId: string }

beforeAll(async () => {
  app = await createTestApp()
  member = app.as('member').actor
  user = { workspaceId: member.workspaceId, actorId: member.id }
})
afterAll(() => app.close())
beforeEach(() => setPassword(app.database.ownerPool, user, PASSWORD))

describe('a setup token', () => {
  const setUp = (token: string, password: string) => postForm(app, '/oauth/password', { setup_token: token, password })

  test('sets a password once and ends the sessions of the user', async () => {
    const { access } = await signIn(app, member)
    const { token, expiresAt } = await makeSetupToken(app.database.ownerPool, user)
    expect(token).toMatch(/^rps_[\w-]{43}$/)
    expect(expiresAt.getTime() - Date.now()).toBeCloseTo(7 * 86_400_000, -5)
    expect((await byPassword(app, member.email)).status).toBe(200)
    expect(await setUp(token, OTHER_PASSWORD)).toMatchObject({ status: 204 })
    expect(await statusOf(app, access)).toBe(401)
    expect((await byPassword(app, member.email, OTHER_PASSWORD)).status).toBe(200)
    expect(await setUp(token, PASSWORD)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('sets only one password when two requests arrive at the same time', async () => {
    const { token } = await makeSetupToken(app.database.ownerPool, user)
    const answers = await Promise.all([setUp(token, PASSWORD), setUp(token, OTHER_PASSWORD)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
  })

  test('can be used again after a refused password', async () => {
    const { token } = await makeSetupToken(app.database.ownerPool, user)
    expect(await setUp(token, 'short')).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('15 characters') },
    })
    expect((await setUp(token, OTHER_PASSWORD)).status).toBe(204)
  })

  test('is refused when it has expired or was replaced, and while the user is suspended', async () => {
    const replaced = await makeSetupToken(app.database.ownerPool, user)
    const { token } = await makeSetupToken(app.database.ownerPool, user)
    expect((await setUp(replaced.token, OTHER_PASSWORD)).status).toBe(400)
    await app.database.ownerPool.query('update actors set is_active = false where id = $1', [member.id])
    expect((await setUp(token, OTHER_PASSWORD)).status).toBe(400)
    await app.database.ownerPool.query('update actors set is_active = true where id = $1', [member.id])
    const expire = `update passwords set setup_expires_at = now() - interval '1 ms' where actor_id = $1`
    await app.database.ownerPool.query(expire, [member.id])
    expect((await setUp(token, OTHER_PASSWORD)).status).toBe(400)
  })

  test('creates an audit entry without the password when it is used', async () => {
    const { token } = await makeSetupToken(app.database.ownerPool, user)
    await setUp(token, OTHER_PASSWORD)
    const { rows } = await app.database.ownerPool.query(
      `select to_jsonb(e) as entry from audit_entries e where operation = 'UPDATED' and record_id = $1`,
      [member.id],
    )
    expect(rows.at(-1)?.entry).toMatchObject({ type: 'User', changes: { password: { from: null, to: null } } })
    expect(JSON.stringify(rows)).not.toContain(OTHER_PASSWORD)
  })

  test('is not accepted in the form of the hash that the database stores', async () => {
    await makeSetupToken(app.database.ownerPool, user)
    const { rows } = await app.database.ownerPool.query('select setup_hash from passwords where actor_id = $1', [
      member.id,
    ])
    expect((await setUp(String(rows[0]?.setup_hash), OTHER_PASSWORD)).status).toBe(400)
  })
})
