import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import {
  addRole,
  addUser,
  documentOf,
  done,
  expectForbidden,
  expectRefused,
  messagesOf,
  roleId,
  send,
  userId,
} from './administration.ts'

let app: TestApp
let memberRole: string
let adminRole: string

beforeAll(async () => {
  app = await createTestApp()
  memberRole = await roleId(app, 'member')
  adminRole = await roleId(app, 'admin')
})
afterAll(() => app.close())

const USER = 'user { id version displayName email isActive roles { nodes { name } } }'

describe('users', () => {
  it('can be created and updated by an administrator, with their roles, and each write is in the history and the log', async () => {
    const admin = app.as('admin')
    const input = { email: ' Grace@ACME.example ', displayName: 'Grace', roles: [{ roleId: memberRole }] }
    const made = await done(admin, 'createUser', input, USER)
    const id = textAt(made, 'user.id')
    expect(id).toMatch(/^user_/)
    expect(at(made, 'user')).toEqual({
      id,
      version: 1,
      displayName: 'Grace',
      email: 'grace@acme.example',
      isActive: true,
      roles: { nodes: [{ name: 'member' }] },
    })
    const seller = await addRole(app, { name: 'Seller', permissions: ['account:read'] })
    const roles = [{ roleId: memberRole }, { roleId: seller.id }]
    const changed = await done(admin, 'updateUser', { id, version: 1, displayName: 'Grace H.', roles }, USER)
    expect(textsAt(changed, 'user.roles.nodes', 'name').sort()).toEqual(['Seller', 'member'])
    await logSettled(app)
    const seen = await admin.must(
      `query ($id: ID!) {
        user(id: $id) { createdBy { displayName } history { nodes { operation type changes { field from to } } } }
        changes(last: 2, filter: { recordIds: [$id] }) { nodes { operation type changedFields record { __typename } } }
      }`,
      { id },
    )
    expect(at(seen, 'user')).toEqual({
      createdBy: { displayName: 'admin' },
      history: {
        nodes: [
          {
            operation: 'UPDATED',
            type: 'User',
            changes: expect.arrayContaining([
              { field: 'roles', from: [{ roleId: memberRole }], to: roles },
              { field: 'displayName', from: 'Grace', to: 'Grace H.' },
            ]),
          },
          { operation: 'CREATED', type: 'User', changes: expect.any(Array) },
        ],
      },
    })
    expect(at(seen, 'changes.nodes')).toEqual([
      { operation: 'CREATED', type: 'User', changedFields: expect.any(Array), record: { __typename: 'User' } },
      {
        operation: 'UPDATED',
        type: 'User',
        changedFields: expect.arrayContaining(['roles', 'displayName']),
        record: { __typename: 'User' },
      },
    ])
  })

  it('can be created several at once with createUsers', async () => {
    const records = ['one', 'two'].map((name) => ({ email: `${name}@acme.example`, displayName: name, roles: [] }))
    const payload = await done(app.as('admin'), 'createUsers', { records }, 'createdCount results { user { email } }')
    expect(payload).toMatchObject({ createdCount: 2, results: [{ user: { email: 'one@acme.example' } }, {}] })
  })

  it('are not created with invalid input, nor changed with a stale version or by a user of another workspace', async () => {
    const admin = app.as('admin')
    const id = await addUser(app, 'wrong@acme.example')
    const foreignRole = await roleId(app, 'member', 'globex')
    const foreignUser = await userId(app, 'member', 'globex')
    const of = (input: object) => ({ displayName: 'W', ...input })
    await expectRefused(app, admin, 'createUser', of({}), ['INVALID input.email'])
    await expectRefused(app, admin, 'createUser', of({ email: 'nobody' }), ['INVALID input.email'])
    await expectRefused(app, admin, 'createUser', of({ email: 'WRONG@acme.example' }), ['DUPLICATE input.email'])
    await expectRefused(app, admin, 'createUser', { email: 'w@acme.example', displayName: ' ' }, [
      'INVALID input.displayName',
    ])
    await expectRefused(app, admin, 'createUser', of({ email: 'w@acme.example', roles: [{ roleId: foreignRole }] }), [
      'NOT_FOUND input.roles.0.roleId',
    ])
    await expectRefused(app, admin, 'updateUser', { id, version: 1, email: null }, ['INVALID input.email'])
    await expectRefused(app, admin, 'updateUser', { id, version: 7, displayName: 'New' }, [
      'STALE_VERSION input.version',
    ])
    for (const mutation of ['updateUser', 'suspendUser', 'reactivateUser']) {
      await expectRefused(app, admin, mutation, { id: foreignUser, version: 1 }, ['NOT_FOUND input.id'])
      await expectRefused(app, admin, mutation, { id: adminRole, version: 1 }, ['NOT_FOUND input.id'])
    }
    for (const mutation of ['suspendUser', 'reactivateUser'])
      await expectRefused(app, admin, mutation, { id, version: 7 }, ['STALE_VERSION input.version'])
  })

  it('cannot be created or changed by members and readers', async () => {
    const id = await addUser(app, 'kept@acme.example')
    for (const role of ['member', 'reader'] as const) {
      const client = app.as(role)
      await expectForbidden(app, client, 'createUser', { email: 'no@acme.example', displayName: 'No' })
      await expectForbidden(app, client, 'createUsers', { records: [] })
      await expectForbidden(app, client, 'updateUser', { id, version: 1, displayName: 'No' })
      await expectForbidden(app, client, 'suspendUser', { id, version: 1 })
      await expectForbidden(app, client, 'reactivateUser', { id, version: 1 })
      await expectForbidden(app, client, 'resetPassword', { userId: id })
    }
  })

  it('can be read by members, without their roles and sessions', async () => {
    const id = await addUser(app, 'seen@acme.example')
    const member = app.as('member')
    expect(await member.must('query ($id: ID!) { user(id: $id) { email isActive } }', { id })).toEqual({
      user: { email: 'seen@acme.example', isActive: true },
    })
    const hidden = await member.query(
      'query ($id: ID!) { user(id: $id) { roles { totalCount } sessions { totalCount } } }',
      { id },
    )
    if (hidden.errors.length === 0)
      expect(at(hidden.data, 'user')).toEqual({ roles: { totalCount: 0 }, sessions: { totalCount: 0 } })
    else expect(errorCodes(hidden)[0]).toBe('FORBIDDEN')
  })
})

describe('suspending a user', () => {
  it('makes the server refuse the requests of the user from the next request on, until the user is reactivated', async () => {
    const admin = app.as('admin')
    const client = await userWho(app, ['account:read'])
    const id = textAt(await client.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    await done(admin, 'suspendUser', { id, version: 1 }, 'user { isActive }')
    expect((await client.query('{ accounts { totalCount } }')).status).toBe(401)
    await expectRefused(app, admin, 'suspendUser', { id, version: 2 }, ['RULE_VIOLATION input.id'])
    await expectRefused(app, admin, 'resetPassword', { userId: id }, ['RULE_VIOLATION input.userId'])
    await done(admin, 'reactivateUser', { id, version: 2 }, 'user { isActive }')
    expect((await client.query('{ accounts { totalCount } }')).errors).toEqual([])
    await expectRefused(app, admin, 'reactivateUser', { id, version: 3 }, ['RULE_VIOLATION input.id'])
  })

  it('is refused when an administrator tries to suspend themselves', async () => {
    const self = await userId(app, 'admin')
    await expectRefused(app, app.as('admin'), 'suspendUser', { id: self, version: 1 }, ['RULE_VIOLATION input.id'])
  })
})

describe('updateViewer', () => {
  it('lets a caller without permissions change their own display name, and no other field', async () => {
    const client = await userWho(app, [])
    const changed = await send(client, 'updateViewer', { version: 1, displayName: 'Myself' }, 'user { id }')
    expect(at(changed, 'userErrors')).toEqual([])
    const seen = await client.must('{ viewer { actor { displayName ... on User { version } } } }')
    expect(at(seen, 'viewer.actor')).toEqual({ displayName: 'Myself', version: 2 })
    await expectRefused(app, client, 'updateViewer', { version: 1, displayName: 'Late' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, client, 'updateViewer', { version: 2, displayName: '' }, ['INVALID input.displayName'])
    const { errors } = await client.query(documentOf('updateViewer'), { input: { version: 2, email: 'x@y.example' } })
    expect(errors).toHaveLength(1)
  })
})

describe('viewer.permissions', () => {
  it('lists the permissions of the caller in alphabetical order', async () => {
    const client = await userWho(app, ['account:update@own', '*:read', 'account:create'])
    expect(at(await client.must('{ viewer { permissions } }'), 'viewer.permissions')).toEqual([
      '*:read',
      'account:create',
      'account:update@own',
    ])
    expect(at(await app.as('admin').must('{ viewer { permissions } }'), 'viewer.permissions')).toEqual(['*:*'])
  })
})

it('createUser refuses a role that grants more than the caller has, and the message names the missing permissions', async () => {
  const deputy = await userWho(app, ['user:*', 'role:read'])
  const input = { email: 'm@acme.example', displayName: 'M', roles: [{ roleId: memberRole }] }
  expect(await messagesOf(deputy, 'createUser', input)).toEqual([
    expect.stringMatching(/^The role member grants .* and \d+ more, which you do not have yourself\.$/),
  ])
})
