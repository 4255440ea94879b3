import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { textAt, textsAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { teamOf, userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addTask } from '../support/records.ts'
import { addRole, documentOf, done, expectRefused, type Input, refusalsOf, userId } from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

async function grant(client: TestClient, input: Input): Promise<string> {
  return textAt(await done(client, 'createRecordGrant', input, 'recordGrant { id }'), 'recordGrant.id')
}

describe('records that are only shared with the caller', () => {
  it('cannot be shared further by the caller, who cannot extend or delete their record grants either', async () => {
    const admin = app.as('admin')
    const account = await addAccount(admin, { name: 'Lent', industry: 'Lending' })
    const permissions: Parameters<typeof userWho>[1] = [
      'recordGrant:*',
      'user:read',
      'account:*@team',
      'account:*@hierarchy',
    ]
    const receiver = await userWho(app, permissions)
    const self = textAt(await receiver.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const reader = await userId(app, 'reader')
    const expiresAt = '2099-01-01T00:00:00Z'
    const id = await grant(admin, { recordId: account.id, userId: self, access: 'DELETE', expiresAt })
    const refused = async () => {
      for (const userIdOf of [reader, self])
        for (const access of ['READ', 'UPDATE', 'DELETE'])
          await expectRefused(app, receiver, 'createRecordGrant', { recordId: account.id, userId: userIdOf, access }, [
            'RULE_VIOLATION input.recordId',
          ])
    }
    await refused()
    await expectRefused(app, receiver, 'updateRecordGrant', { id, version: 1, expiresAt: null }, [
      'RULE_VIOLATION input.id',
    ])
    await expectRefused(app, receiver, 'deleteRecordGrant', { id, version: 1 }, ['RULE_VIOLATION input.id'])
    const rule = { name: 'Lending', object: 'Account', filter: { industry: { equals: 'Lending' } }, access: 'DELETE' }
    await done(admin, 'createSharingRule', { ...rule, roleId: encodeId('role', receiver.roleId) }, 'sharingRule { id }')
    await refused()
    await done(admin, 'updateAccount', { id: account.id, version: 1, ownerId: self }, 'account { id }')
    await done(receiver, 'updateRecordGrant', { id, version: 1, access: 'READ' }, 'recordGrant { id }')
    await grant(receiver, { recordId: account.id, userId: reader, access: 'DELETE' })
  })

  it('cannot be shared further when the caller is an API key whose scopes cover only shared records', async () => {
    const admin = app.as('admin')
    const { id: recordId } = await addAccount(admin, { name: 'Keyed' })
    const used = await addRole(app, { name: 'Keyed', permissions: ['recordGrant:*', 'user:read', 'account:*'] })
    const key = {
      displayName: 'Key',
      roles: [{ roleId: used.id }],
      scopes: ['recordGrant:*', 'user:read', 'account:*@shared'],
    }
    const made = await done(admin, 'createApiKey', key, 'apiKey { id } secret')
    await grant(admin, { recordId, roleId: used.id, access: 'UPDATE' })
    const client = app.withCredential(textAt(made, 'secret'))
    const sharing = documentOf('createRecordGrant')
    const input = { recordId, userId: await userId(app, 'reader') }
    expect(textsAt(await client.must(sharing, { input }), 'createRecordGrant.userErrors', 'code')).toEqual([
      'RULE_VIOLATION',
    ])
  })

  it('cannot be taken over: the caller cannot change their owner, team or assignee', async () => {
    const admin = app.as('admin')
    const receiver = await userWho(app, ['account:*@team', 'task:*@own', 'user:read', 'team:read'])
    const self = textAt(await receiver.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const reader = await userId(app, 'reader')
    const team = encodeId('team', await teamOf(app, [receiver]))
    const { id } = await addAccount(admin, { name: 'Coveted', ownerId: reader })
    await grant(admin, { recordId: id, userId: self, access: 'DELETE', expiresAt: '2099-01-01T00:00:00Z' })
    for (const [input, path] of [
      [{ ownerId: self }, 'ownerId'],
      [{ ownerId: null }, 'ownerId'],
      [{ teamId: team }, 'teamId'],
    ] as const)
      await expectRefused(app, receiver, 'updateAccount', { id, version: 1, ...input }, [
        `RULE_VIOLATION input.${path}`,
      ])
    const kept = { id, version: 1, name: 'Kept', ownerId: reader }
    expect(await refusalsOf(receiver, 'updateAccount', kept)).toEqual([])
    await done(admin, 'updateAccount', { id, version: 2, teamId: team }, 'account { id }')
    expect(await refusalsOf(receiver, 'updateAccount', { id, version: 3, ownerId: self })).toEqual([])
    const task = await addTask(admin, { title: 'Lent', assigneeId: reader })
    await grant(admin, { recordId: task.id, userId: self, access: 'UPDATE' })
    await expectRefused(app, receiver, 'updateTask', { id: task.id, version: 1, assigneeId: self }, [
      'RULE_VIOLATION input.assigneeId',
    ])
    const namer = await userWho(app, ['account:read', 'account.name:update', 'account:update@shared', 'user:read'])
    const namerId = textAt(await namer.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    await grant(admin, { recordId: id, userId: namerId, access: 'UPDATE' })
    await expectRefused(app, namer, 'updateAccount', { id, version: 4, ownerId: namerId }, [
      'RULE_VIOLATION input.ownerId',
    ])
  })
})
