import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { setPassword } from '../../../src/platform/identity/passwords/passwords.ts'
import type { TestActor } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import {
  byPassword,
  PASSWORD,
  postForm,
  refresh,
  signIn,
  signInsOf,
  statusOf,
  type Tokens,
  tokensOf,
} from '../../support/sign-in.ts'

const DAY_MS = 86_400_000

let app: TestApp
let member: TestActor

beforeAll(async () => {
  app = await createTestApp()
  member = app.as('member').actor
  await setPassword(app.database.ownerPool, { workspaceId: member.workspaceId, actorId: member.id }, PASSWORD)
})
afterAll(() => app.close())

const begin = () => signIn(app, member, false)

function sessionIdOf({ access }: Tokens): string {
  return z.uuid().parse(decodeJwt(access)['sid'])
}

interface StoredSession {
  readonly created: Date
  readonly expires: Date
  readonly revoked_reason: string | null
}

async function sessionOf(tokens: Tokens): Promise<StoredSession | undefined> {
  const { rows } = await app.database.ownerPool.query<StoredSession>(
    'select created_at as created, expires_at as expires, revoked_reason from sessions where id = $1',
    [sessionIdOf(tokens)],
  )
  return rows[0]
}

/** Makes the session older by the given days. */
async function age(tokens: Tokens, days: number): Promise<void> {
  await app.database.ownerPool.query(
    `update sessions set created_at = created_at - make_interval(days => $2), expires_at = expires_at - make_interval(days => $2)
     where id = $1`,
    [sessionIdOf(tokens), days],
  )
}

describe('a refresh', () => {
  test('returns new tokens of the session and extends the session to a week from now', async () => {
    const first = await begin()
    await age(first, 3)
    const second = tokensOf(await refresh(app, first.refresh))
    expect(sessionIdOf(second)).toBe(sessionIdOf(first))
    expect(second.refresh).not.toBe(first.refresh)
    expect(await statusOf(app, second.access)).toBe(200)
    expect(await statusOf(app, first.access)).toBe(200)
    expect((await sessionOf(second))?.expires.getTime()).toBeCloseTo(Date.now() + 7 * DAY_MS, -4)
  })

  test('extends a session to 30 days at most', async () => {
    let tokens = await begin()
    for (let days = 6; days <= 24; days += 6) {
      await age(tokens, 6)
      tokens = tokensOf(await refresh(app, tokens.refresh))
    }
    const session = await sessionOf(tokens)
    expect(Number(session?.expires) - Number(session?.created)).toBeCloseTo(30 * DAY_MS, -4)
    await age(tokens, 6)
    expect((await refresh(app, tokens.refresh)).status).toBe(400)
    expect(await statusOf(app, tokens.access)).toBe(401)
  })

  test('is refused a week after the sign-in when there was no refresh in between', async () => {
    const tokens = await begin()
    await age(tokens, 7)
    expect((await refresh(app, tokens.refresh)).body).toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(app, tokens.access)).toBe(401)
  })

  test('returns an access token that expires no later than its session', async () => {
    const tokens = await begin()
    await app.database.ownerPool.query(
      `update sessions set created_at = now() - interval '30 days' + interval '1 minute' where id = $1`,
      [sessionIdOf(tokens)],
    )
    const { body } = await refresh(app, tokens.refresh)
    expect(body['expires_in']).toBeLessThanOrEqual(60)
  })

  test('is refused while the user is suspended, and works again once the user is reactivated', async () => {
    const tokens = await begin()
    await app.database.ownerPool.query('update actors set is_active = false where id = $1', [member.id])
    expect((await refresh(app, tokens.refresh)).status).toBe(400)
    expect(await statusOf(app, tokens.access)).toBe(401)
    await app.database.ownerPool.query('update actors set is_active = true where id = $1', [member.id])
    expect((await refresh(app, tokens.refresh)).status).toBe(200)
  })

  test('accepts only the exact refresh token that was issued, which is stored as a hash', async () => {
    const { refresh: token, access } = await begin()
    const hash = createHash('sha256').update(token).digest('hex')
    const { rows } = await app.database.ownerPool.query(
      'select count(*)::int as count from refresh_tokens where hash = $1',
      [hash],
    )
    expect(rows[0]?.count).toBe(1)
    for (const wrong of [hash, `rpr_${hash}`, `rpr_${'A'.repeat(43)}`, token.slice(4), `${token}A`, access, 'rpr_']) {
      expect((await refresh(app, wrong)).body).toMatchObject({ error: 'invalid_grant' })
    }
    expect((await refresh(app, token)).status).toBe(200)
  })
})

describe('a used refresh token that is sent again', () => {
  test('ends the session and makes all tokens of the session invalid immediately', async () => {
    const stolen = await begin()
    const thief = tokensOf(await refresh(app, stolen.refresh))
    expect((await refresh(app, stolen.refresh)).body).toMatchObject({ error: 'invalid_grant' })
    expect(await statusOf(app, thief.access)).toBe(401)
    expect((await refresh(app, thief.refresh)).status).toBe(400)
    expect((await sessionOf(stolen))?.revoked_reason).toBe('REFRESH_TOKEN_REUSED')
  })

  test('creates one audit entry, however often the token is sent', async () => {
    const tokens = await begin()
    await refresh(app, tokens.refresh)
    const before = (await signInsOf(app, member)).length
    for (let count = 0; count < 3; count++) await refresh(app, tokens.refresh)
    const entries = await signInsOf(app, member)
    expect(entries).toHaveLength(before + 1)
    expect(entries.at(-1)).toMatchObject({ operation: 'SIGN_IN_REFUSED', record_id: member.id })
  })

  test('does not end other sessions of the user', async () => {
    const [one, other] = [await begin(), await begin()]
    await refresh(app, one.refresh)
    await refresh(app, one.refresh)
    expect(await statusOf(app, other.access)).toBe(200)
    expect((await refresh(app, other.refresh)).status).toBe(200)
  })
})

test('exactly one of many simultaneous requests with one refresh token gets new tokens, and the session ends', async () => {
  for (let round = 0; round < 5; round++) {
    const tokens = await begin()
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(app, tokens.refresh)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    for (const { access, refresh: next } of won.map(tokensOf)) {
      expect(await statusOf(app, access)).toBe(401)
      expect((await refresh(app, next)).status).toBe(400)
    }
  }
})

describe('revocation', () => {
  const revoke = (token: string) => postForm(app, '/oauth/revoke', { token })

  test.each(['refresh', 'access'] as const)('with the %s token ends the session', async (kind) => {
    const tokens = await begin()
    const { refresh: next } = tokensOf(await refresh(app, tokens.refresh))
    expect(await revoke(tokens[kind])).toMatchObject({ status: 200, body: {} })
    expect(await statusOf(app, tokens.access)).toBe(401)
    expect((await refresh(app, next)).status).toBe(400)
    expect((await sessionOf(tokens))?.revoked_reason).toBe('SIGNED_OUT')
    expect((await revoke(tokens[kind])).status).toBe(200)
  })

  test('of an unknown token gets HTTP 200', async () => {
    for (const token of ['x', `rpr_${'A'.repeat(43)}`, 'a.b.c', 'x'.repeat(20_000)])
      expect((await revoke(token)).status).toBe(200)
  })

  test('of an access token without a session is refused', async () => {
    expect((await revoke(app.as('admin').token ?? '')).body).toMatchObject({ error: 'unsupported_token_type' })
  })
})

describe('sessions that ended', () => {
  test('are deleted by the next sign-in a month after their end, and not before', async () => {
    const [old, late] = [await begin(), await begin()]
    await age(old, 38)
    await age(late, 36)
    await byPassword(app, member.email)
    expect(await sessionOf(old)).toBeUndefined()
    expect(await sessionOf(late)).toBeDefined()
  })
})

test('in any order of requests only the newest refresh token of a session works, until a used token or a sign-out ends it', async () => {
  // Sends the newest token, an older one, or a sign-out with any token of the session.
  const step = fc.record({ act: fc.constantFrom('newest', 'newest', 'newest', 'older', 'revoke'), which: fc.nat(20) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const first = await begin()
      const issued = [first.refresh]
      const accesses = [first.access]
      let isLive = true
      for (const { act, which } of steps) {
        const older = issued.slice(0, -1)
        const token =
          act === 'newest'
            ? issued.at(-1)
            : act === 'older'
              ? older[which % older.length]
              : issued[which % issued.length]
        if (token === undefined) continue
        if (act === 'revoke') {
          await postForm(app, '/oauth/revoke', { token })
          isLive = false
          continue
        }
        const answer = await refresh(app, token)
        expect(answer.status).toBe(isLive && act === 'newest' ? 200 : 400)
        if (act === 'older') isLive = false
        if (answer.status !== 200) continue
        const tokens = tokensOf(answer)
        issued.push(tokens.refresh)
        accesses.push(tokens.access)
      }
      expect(new Set(issued).size).toBe(issued.length)
      for (const access of accesses) expect(await statusOf(app, access)).toBe(isLive ? 200 : 401)
    }),
    { numRuns: 25 },
  )
}, 60_000)
