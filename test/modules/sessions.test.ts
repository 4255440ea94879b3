import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestActor } from '../../src/testing/client.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { done, expectForbidden, expectRefused, userId } from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())
beforeEach(() => app.database.ownerPool.query('delete from sessions'))

/** Inserts a session of the user and returns its record id. */
async function signIn({ workspaceId, id }: TestActor, expiresAt = '2099-01-01T00:00:00Z'): Promise<string> {
  const session = uuidv7()
  await app.database.ownerPool.query(
    `insert into sessions (workspace_id, id, actor_id, expires_at, ip_address, user_agent) values ($1, $2, $3, $4, '192.0.2.7', 'Browser')`,
    [workspaceId, session, id, expiresAt],
  )
  return encodeId('session', session)
}

describe('sessions', () => {
  it('can be listed by administrators: those of the workspace and those of one user', async () => {
    const id = await signIn(app.as('member').actor)
    const seen = await app.as('admin').must(
      `query ($user: ID!) {
        sessions { nodes { id ipAddress userAgent revokedAt actor { email } identityProvider { name } } }
        user(id: $user) { sessions { nodes { id } } }
      }`,
      { user: await userId(app, 'member') },
    )
    expect(at(seen, 'sessions.nodes')).toEqual([
      {
        id,
        ipAddress: '192.0.2.7',
        userAgent: 'Browser',
        revokedAt: null,
        actor: { email: 'member@acme.example' },
        identityProvider: null,
      },
    ])
    expect(at(seen, 'user.sessions.nodes')).toEqual([{ id }])
  })

  it('cannot be listed by members, who see only their own active sessions in viewer', async () => {
    const own = await signIn(app.as('member').actor)
    await signIn(app.as('member').actor, '2020-01-01T00:00:00Z')
    const foreign = await signIn(app.as('admin').actor)
    const member = app.as('member')
    expect(errorCodes(await member.query('{ sessions { totalCount } }'))).toEqual(['FORBIDDEN'])
    expect(at(await member.must('query ($id: ID!) { node(id: $id) { id } }', { id: foreign }), 'node')).toBeNull()
    const seen = await member.must('{ viewer { sessionId sessions { id lastUsedAt ipAddress userAgent } } }')
    expect(at(seen, 'viewer')).toMatchObject({
      sessionId: null,
      sessions: [{ id: own, ipAddress: '192.0.2.7', userAgent: 'Browser' }],
    })
  })

  it('can be revoked by their own user, and a session that is revoked again gets no second audit entry', async () => {
    const member = app.as('member')
    const [one, two] = [await signIn(member.actor), await signIn(member.actor)]
    await done(member, 'revokeSession', { id: one }, 'session { id }')
    expect(textsAt(await member.must('{ viewer { sessions { id } } }'), 'viewer.sessions', 'id')).toEqual([two])
    await done(member, 'revokeSession', { id: one }, 'session { id }')
    const { rows } = await app.database.ownerPool.query(
      `select operation, changes->'revokedReason'->>'to' as reason from audit_entries where type = 'Session' and operation = 'UPDATED'`,
    )
    expect(rows).toEqual([{ operation: 'UPDATED', reason: 'REVOKED' }])
    const all = await done(member, 'revokeSessions', { userId: await userId(app, 'member') }, 'revokedCount')
    expect(at(all, 'revokedCount')).toBe(1)
  })

  it('can be revoked by an administrator: one session, or all sessions of a user', async () => {
    const member = app.as('member').actor
    const [one] = [await signIn(member), await signIn(member), await signIn(member)]
    const admin = app.as('admin')
    const ended = await done(admin, 'revokeSession', { id: one }, 'session { revokedReason }')
    expect(textAt(ended, 'session.revokedReason')).toBe('REVOKED')
    const all = await done(admin, 'revokeSessions', { userId: await userId(app, 'member') }, 'revokedCount')
    expect(at(all, 'revokedCount')).toBe(2)
  })

  it('that are not visible to the caller cannot be revoked, and revokeSession responds as if they did not exist', async () => {
    const foreign = await signIn(app.as('member', 'globex').actor)
    const admins = await signIn(app.as('admin').actor)
    for (const client of [app.as('member'), app.as('reader')]) {
      await expectRefused(app, client, 'revokeSession', { id: admins }, ['NOT_FOUND input.id'])
      await expectForbidden(app, client, 'revokeSessions', { userId: await userId(app, 'admin') })
    }
    await expectRefused(app, app.as('admin'), 'revokeSession', { id: foreign }, ['NOT_FOUND input.id'])
    await expectRefused(app, app.as('admin'), 'revokeSession', { id: 'nonsense' }, ['NOT_FOUND input.id'])
    await expectRefused(app, app.as('admin'), 'revokeSessions', { userId: await userId(app, 'member', 'globex') }, [
      'NOT_FOUND input.userId',
    ])
  })

  it('of other users cannot be revoked by a user who may only read sessions', async () => {
    const auditor = await userWho(app, ['session:read', 'user:read'])
    const id = await signIn(app.as('admin').actor)
    await expectForbidden(app, auditor, 'revokeSession', { id })
  })

  it('are revoked when their user is suspended', async () => {
    const client = await userWho(app, [])
    await signIn(client.actor)
    const id = textAt(await client.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    await done(app.as('admin'), 'suspendUser', { id, version: 1 }, 'user { id }')
    const { rows } = await app.database.ownerPool.query('select revoked_reason as reason from sessions')
    expect(rows).toEqual([{ reason: 'SUSPENDED' }])
  })
})
