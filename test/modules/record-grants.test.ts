import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { teamOf, userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addTeam } from '../support/records.ts'
import {
  addRole,
  done,
  expectForbidden,
  expectRefused,
  type Input,
  messagesOf,
  refusalsOf,
  userId,
} from './administration.ts'

let app: TestApp
let teamId: string

beforeAll(async () => {
  app = await createTestApp()
  teamId = (await addTeam(app.as('admin'), { name: 'Retail' })).id
})
afterAll(() => app.close())

async function names(client: TestClient): Promise<string[]> {
  return textsAt(
    await client.must('{ accounts(orderBy: [{ name: ASC }]) { nodes { name } } }'),
    'accounts.nodes',
    'name',
  )
}

const GRANT =
  'recordGrant { id version access expiresAt reason record { ... on Account { name } } user { email } team { name } role { name } }'

async function grant(client: TestClient, input: Input): Promise<string> {
  return textAt(await done(client, 'createRecordGrant', input, 'recordGrant { id }'), 'recordGrant.id')
}

describe('record grants', () => {
  it('share one record with a user, and can be updated and deleted by every user who may change the record', async () => {
    const member = app.as('member')
    const account = await addAccount(member, { name: 'Granted' })
    const client = await userWho(app, ['account:read@shared', 'account:update@shared', 'account:delete@shared'])
    const grantee = textAt(await client.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const input = { recordId: account.id, userId: grantee, expiresAt: '2099-01-01T00:00:00Z', reason: 'Holiday' }
    const made = await done(app.as('admin'), 'createRecordGrant', input, GRANT)
    const id = textAt(made, 'recordGrant.id')
    expect(at(made, 'recordGrant')).toEqual({
      id,
      version: 1,
      access: 'READ',
      expiresAt: '2099-01-01T00:00:00.000Z',
      reason: 'Holiday',
      record: { name: 'Granted' },
      user: { email: client.actor.email },
      team: null,
      role: null,
    })
    expect(await names(client)).toEqual(['Granted'])
    const rename = { id: account.id, version: 1, name: 'Renamed' }
    await expectForbidden(app, client, 'updateAccount', rename)
    await done(member, 'updateRecordGrant', { id, version: 1, access: 'UPDATE' }, 'recordGrant { id }')
    expect(await refusalsOf(client, 'updateAccount', rename)).toEqual([])
    const listed = await member.must('query ($id: ID!) { recordGrants(filter: { recordId: $id }) { nodes { id } } }', {
      id: account.id,
    })
    expect(at(listed, 'recordGrants.nodes')).toEqual([{ id }])
    await done(member, 'deleteRecordGrant', { id, version: 2 }, 'recordGrant { id }')
    expect(await names(client)).toEqual([])
    const seen = await app
      .as('admin')
      .must('query ($id: ID!) { recordGrant(id: $id, includeDeleted: true) { history { nodes { operation } } } }', {
        id,
      })
    expect(textsAt(seen, 'recordGrant.history.nodes', 'operation')).toEqual(['DELETED', 'UPDATED', 'CREATED'])
  })

  it('share a record with the members of a team and with the users who have a role', async () => {
    const member = app.as('member')
    const client = await userWho(app, ['contact:read', 'account:read@shared'])
    const account = await addAccount(member, { name: 'For a team' })
    const other = await addAccount(member, { name: 'For a role' })
    await grant(member, { recordId: account.id, teamId: encodeId('team', await teamOf(app, [client])) })
    await grant(app.as('admin'), { recordId: other.id, roleId: encodeId('role', client.roleId) })
    expect(await names(client)).toEqual(['For a role', 'For a team'])
  })

  it('are not created with invalid input, nor changed with a stale version or by a user of another workspace', async () => {
    const member = app.as('member')
    const account = await addAccount(member, { name: 'Wrong' })
    const userIds = { userId: await userId(app, 'reader') }
    const of = (input: Input) => ({ recordId: account.id, ...userIds, ...input })
    const foreign = await addAccount(app.as('member', 'globex'), { name: 'Foreign' })
    const wrong: readonly [Input, string][] = [
      [{ userId: null }, 'INVALID input.userId'],
      [{ teamId }, 'INVALID input.userId'],
      [{ expiresAt: '2020-01-01T00:00:00Z' }, 'INVALID input.expiresAt'],
      [{ recordId: foreign.id }, 'NOT_FOUND input.recordId'],
      [{ recordId: 'nonsense' }, 'NOT_FOUND input.recordId'],
      [{ recordId: await userId(app, 'reader') }, 'INVALID input.recordId'],
      [{ userId: await userId(app, 'member', 'globex') }, 'NOT_FOUND input.userId'],
    ]
    for (const [input, reason] of wrong) await expectRefused(app, member, 'createRecordGrant', of(input), [reason])
    const id = await grant(member, of({}))
    for (const [input, reason] of wrong)
      await expectRefused(app, member, 'updateRecordGrant', { id, version: 1, ...input }, [reason])
    await expectRefused(app, member, 'updateRecordGrant', { id, version: 5, access: 'UPDATE' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, member, 'deleteRecordGrant', { id, version: 5 }, ['STALE_VERSION input.version'])
    const other = await grant(app.as('member', 'globex'), {
      recordId: foreign.id,
      userId: await userId(app, 'reader', 'globex'),
    })
    for (const mutation of ['updateRecordGrant', 'deleteRecordGrant'])
      await expectRefused(app, member, mutation, { id: other, version: 1 }, ['NOT_FOUND input.id'])
  })

  it('cannot be created by a user who may not change the record, nor give more access than this user has', async () => {
    const admin = app.as('admin')
    const account = await addAccount(admin, { name: 'Held' })
    const reader = await userId(app, 'reader')
    const id = await grant(admin, { recordId: account.id, userId: reader })
    const input = { recordId: account.id, userId: reader }
    await expectForbidden(app, app.as('reader'), 'createRecordGrant', input)
    await expectForbidden(app, app.as('reader'), 'updateRecordGrant', { id, version: 1, access: 'DELETE' })
    await expectForbidden(app, app.as('reader'), 'deleteRecordGrant', { id, version: 1 })
    const seer = await userWho(app, ['recordGrant:*', 'user:read', 'account:read', 'account:update@own'])
    await expectForbidden(app, seer, 'createRecordGrant', input)
    await expectForbidden(app, seer, 'updateRecordGrant', { id, version: 1, access: 'UPDATE' })
    await expectForbidden(app, seer, 'deleteRecordGrant', { id, version: 1 })
    const writer = await userWho(app, ['recordGrant:*', 'user:read', 'account:read', 'account:update'])
    await expectForbidden(app, writer, 'createRecordGrant', { ...input, access: 'DELETE' })
    expect(await refusalsOf(writer, 'createRecordGrant', { ...input, access: 'UPDATE' })).toEqual([])
    const blind = await userWho(app, ['recordGrant:*', 'user:read', 'account:*@own'])
    await expectRefused(app, blind, 'createRecordGrant', input, ['NOT_FOUND input.recordId'])
    await expectRefused(app, blind, 'deleteRecordGrant', { id, version: 1 }, ['NOT_FOUND input.id'])
  })

  it('stop sharing the record when they expire', async () => {
    const admin = app.as('admin')
    const client = await userWho(app, ['account:read@shared'])
    const account = await addAccount(admin, { name: 'For a moment' })
    const userIdOf = textAt(await client.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    await grant(admin, { recordId: account.id, userId: userIdOf, expiresAt: '2099-01-01T00:00:00Z' })
    expect(await names(client)).toEqual(['For a moment'])
    await app.database.ownerPool.query(
      `update record_grants set expires_at = now() - interval '1 ms' where record_id in (select id from accounts where name = 'For a moment')`,
    )
    expect(await names(client)).toEqual([])
  })

  it('prevent the deletion of the role that they share with: deleteRole refuses, and counts the record grants and sharing rules', async () => {
    const used = await addRole(app, { name: 'Granted', permissions: [] })
    const account = await addAccount(app.as('admin'), { name: 'By role' })
    await grant(app.as('admin'), { recordId: account.id, roleId: used.id })
    const rule = { name: 'By role', object: 'Account', filter: { name: { equals: 'X' } }, roleId: used.id }
    await done(app.as('admin'), 'createSharingRule', rule, 'sharingRule { id }')
    expect(await messagesOf(app.as('admin'), 'deleteRole', { id: used.id })).toEqual([
      'The role is in use: 1 sharing rule, 1 record grant. Remove the role from them first.',
    ])
    expect(
      listAt(await app.as('admin').must('{ recordGrants { nodes { id } } }'), 'recordGrants.nodes').length,
    ).toBeGreaterThan(0)
  })
})
