// First: it replaces a function of Node's that the other modules take when they are imported.
import '../../support/argon2.ts'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countAddressAttempts } from '../../../src/platform/identity/passwords/address-attempts.ts'
import { signInByPassword } from '../../../src/platform/identity/passwords/password-sign-in.ts'
import { changePassword, setPassword } from '../../../src/platform/identity/passwords/passwords.ts'
import type { TestActor } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { computedHashes, forgetHashes, isDummy } from '../../support/argon2.ts'
import { byPassword, PASSWORD, refresh, signIn, signInsOf, statusOf, tokensOf } from '../../support/sign-in.ts'

let app: TestApp
let member: TestActor
let user: { workspaceId: string; actorId: string }

const OTHER_PASSWORD = 'lampe 9 fjord mandel'

beforeAll(async () => {
  app = await createTestApp()
  member = app.as('member').actor
  user = { workspaceId: member.workspaceId, actorId: member.id }
})
afterAll(() => app.close())
beforeEach(() => setPassword(app.database.ownerPool, user, PASSWORD))

/** Ends the current wait. The column has milliseconds, to which PostgreSQL rounds: now() may lie half of one ahead. */
async function endWait(): Promise<void> {
  await app.database.ownerPool.query(
    `update passwords set locked_until = now() - interval '1 ms' where locked_until is not null`,
  )
}

describe('a correct password', () => {
  test('returns an access token and a refresh token with Cache-Control: no-store', async () => {
    const answer = await byPassword(app, 'Member@Acme.example ')
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 900, refresh_token: expect.stringMatching(/^rpr_[\w-]{43}$/) },
    })
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await statusOf(app, tokensOf(answer).access)).toBe(200)
  })

  test('is stored as Argon2id in the PHC format, with the parameters that OWASP recommends', async () => {
    const { rows } = await app.database.ownerPool.query('select hash from passwords where actor_id = $1', [member.id])
    expect(rows[0]?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  })

  test('is accepted also when it is typed in another Unicode form', async () => {
    await setPassword(app.database.ownerPool, user, 'Caf\u00e9 \ufb01ntel wolke 9')
    expect((await byPassword(app, member.email, 'Cafe\u0301 fintel wolke 9')).status).toBe(200)
  })

  test('creates an audit entry with the request id and the user agent', async () => {
    const response = await app.fetch(
      new Request('http://127.0.0.1/oauth/token', {
        method: 'POST',
        headers: { 'user-agent': 'Test browser', 'x-request-id': 'sign-in-1' },
        body: new URLSearchParams({
          grant_type: 'password',
          workspace: 'acme',
          username: member.email,
          password: PASSWORD,
        }),
      }),
    )
    expect(response.status).toBe(200)
    expect((await signInsOf(app, member)).at(-1)).toMatchObject({
      operation: 'SIGNED_IN',
      type: 'User',
      record_id: member.id,
      version: 0,
      changes: {},
      user_agent: 'Test browser',
      request_id: 'sign-in-1',
    })
  })
})

describe('a refused sign-in', () => {
  test('has the same response and takes the same work for a wrong password, an unknown user and other causes', async () => {
    await setPassword(app.database.ownerPool, { ...user, actorId: app.as('reader').actor.id }, PASSWORD)
    await app.database.ownerPool.query('update actors set is_active = false where id = $1', [app.as('reader').actor.id])
    const attempts = {
      'a wrong password': () => byPassword(app, member.email, OTHER_PASSWORD),
      'an unknown user': () => byPassword(app, 'nobody@acme.example', OTHER_PASSWORD),
      'an unknown workspace': () => byPassword(app, member.email, PASSWORD, 'nowhere'),
      'the workspace of others': () => byPassword(app, member.email, PASSWORD, 'globex'),
      'a user without a password': () => byPassword(app, 'admin@acme.example', ''.padEnd(20, 'x')),
      'a suspended user': () => byPassword(app, 'reader@acme.example'),
      'a password without end': () => byPassword(app, member.email, 'x'.repeat(10_000)),
      'what is no e-mail': () => byPassword(app, "' or 1=1 --", OTHER_PASSWORD),
    }
    const answers: Record<string, unknown> = {}
    for (const [name, attempt] of Object.entries(attempts)) {
      forgetHashes()
      const begun = performance.now()
      const { status, body, headers } = await attempt()
      answers[name] = [status, body, headers.get('retry-after'), computedHashes().length]
      expect(performance.now() - begun).toBeGreaterThan(140)
    }
    await app.database.ownerPool.query('update actors set is_active = true')
    const [first] = Object.values(answers)
    expect(first).toEqual([400, { error: 'invalid_grant', error_description: expect.any(String) }, null, 1])
    for (const [name, answer] of Object.entries(answers)) expect({ [name]: answer }).toEqual({ [name]: first })
  })

  test('has the real reason, such as a suspended user, only in the part of the error that is logged', async () => {
    const { ownerPool } = app.database
    const reasonOf = (password: string): Promise<unknown> =>
      signInByPassword(
        { ownerPool, addresses: countAddressAttempts(), life: { absoluteSeconds: 60, idleSeconds: 60 } },
        { workspace: 'acme', email: member.email, password },
        { requestId: 'reason', origin: { ipAddress: null, userAgent: null } },
      ).catch((error: unknown) => error)
    expect(await reasonOf(OTHER_PASSWORD)).toMatchObject({ reason: `The password of the user ${member.id} was wrong.` })
    await ownerPool.query('update actors set is_active = false where id = $1', [member.id])
    try {
      const message = 'The credential is not valid or has expired.'
      expect(await reasonOf(PASSWORD)).toMatchObject({ message, reason: `The user ${member.id} is suspended.` })
      expect(await reasonOf(OTHER_PASSWORD)).toMatchObject({ message, reason: expect.stringContaining('was wrong') })
    } finally {
      await ownerPool.query('update actors set is_active = true where id = $1', [member.id])
    }
  })

  test('creates an audit entry for a known user, and none for an unknown user', async () => {
    const before = await app.database.ownerPool.query('select from audit_entries')
    await byPassword(app, 'nobody@acme.example')
    expect((await app.database.ownerPool.query('select from audit_entries')).rowCount).toBe(before.rowCount)
    await byPassword(app, member.email, OTHER_PASSWORD)
    expect((await signInsOf(app, member)).at(-1)).toMatchObject({ operation: 'SIGN_IN_REFUSED', record_id: member.id })
  })

  test('creates no session', async () => {
    const sessions = 'select from sessions'
    const before = (await app.database.ownerPool.query(sessions)).rowCount
    await byPassword(app, member.email, OTHER_PASSWORD)
    expect((await app.database.ownerPool.query(sessions)).rowCount).toBe(before)
  })
})

describe('five wrong passwords', () => {
  const fail = async (times: number) => {
    for (let count = 0; count < times; count++) await byPassword(app, member.email, OTHER_PASSWORD)
  }

  test('block the correct password for 30 seconds, which each further wrong password doubles up to 15 minutes', async () => {
    await fail(4)
    expect((await byPassword(app, member.email)).status).toBe(200)
    await fail(5)
    const waits: number[] = []
    for (let count = 0; count < 8; count++) {
      expect((await byPassword(app, member.email)).status).toBe(400)
      const { rows } = await app.database.ownerPool.query<{ wait: number }>(
        'select round(extract(epoch from locked_until - now()))::int as wait from passwords where actor_id = $1',
        [member.id],
      )
      waits.push(rows[0]?.wait ?? 0)
      await endWait()
      await fail(1)
    }
    const wanted = [30, 60, 120, 240, 480, 900, 900, 900]
    // Part of the wait has passed when it is read.
    expect(waits).toEqual(wanted.map((most) => expect.toSatisfy((wait: number) => wait <= most && wait > most - 10)))
  })

  test('are no longer counted after a sign-in with the correct password', async () => {
    await fail(5)
    expect((await byPassword(app, member.email)).status).toBe(400)
    await endWait()
    expect((await byPassword(app, member.email)).status).toBe(200)
    await fail(4)
    expect((await byPassword(app, member.email)).status).toBe(200)
  })

  test('are the most that are compared with the stored hash, also when 40 wrong passwords arrive at the same time', async () => {
    forgetHashes()
    await Promise.all(Array.from({ length: 40 }, () => byPassword(app, member.email, OTHER_PASSWORD)))
    expect(computedHashes().filter((hash) => !isDummy(hash))).toHaveLength(5)
    expect(computedHashes()).toHaveLength(40)
  })
})

describe('a new password', () => {
  test('that an administrator sets ends all sessions of the user', async () => {
    const { access, refresh: token } = await signIn(app, member)
    await setPassword(app.database.ownerPool, user, OTHER_PASSWORD)
    expect(await statusOf(app, access)).toBe(401)
    expect((await refresh(app, token)).body).toMatchObject({ error: 'invalid_grant' })
    expect((await byPassword(app, member.email)).status).toBe(400)
    expect((await byPassword(app, member.email, OTHER_PASSWORD)).status).toBe(200)
  })

  test('that the user sets ends the other sessions of the user', async () => {
    const here = await signIn(app, member)
    const there = await signIn(app, member, false)
    const { rows } = await app.database.ownerPool.query('select id from sessions where actor_id = $1 order by id', [
      member.id,
    ])
    const change = { ...user, currentPassword: PASSWORD, newPassword: OTHER_PASSWORD, sessionId: rows.at(-2)?.id }
    await changePassword(app.database.ownerPool, change)
    expect(await statusOf(app, here.access)).toBe(200)
    expect(await statusOf(app, there.access)).toBe(401)
    expect((await refresh(app, here.refresh)).status).toBe(200)
  })

  test('requires the current password, which is blocked after too many wrong attempts', async () => {
    const change = { ...user, currentPassword: OTHER_PASSWORD, newPassword: OTHER_PASSWORD, sessionId: null }
    for (let count = 0; count < 6; count++) {
      await expect(changePassword(app.database.ownerPool, change)).rejects.toMatchObject({ code: 'PASSWORD_WRONG' })
    }
    const right = { ...change, currentPassword: PASSWORD }
    await expect(changePassword(app.database.ownerPool, right)).rejects.toMatchObject({ code: 'PASSWORD_WRONG' })
    await endWait()
    await changePassword(app.database.ownerPool, right)
  })

  test('ends a session that began with the old password at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const [answer] = await Promise.all([
        byPassword(app, member.email, PASSWORD),
        setPassword(app.database.ownerPool, user, round % 2 ? PASSWORD : `${PASSWORD} ${round}`),
      ])
      if (answer.status === 200) expect((await refresh(app, tokensOf(answer).refresh)).status).toBe(400)
      await setPassword(app.database.ownerPool, user, PASSWORD)
    }
  })
})
