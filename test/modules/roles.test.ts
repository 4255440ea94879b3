import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import {
  addRole,
  done,
  expectForbidden,
  expectRefused,
  messagesOf,
  refusalsOf,
  roleId,
  send,
} from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const ROLE = 'role { id version name description permissions parent { name } }'

describe('roles', () => {
  it('can be created, updated, deleted and restored by an administrator, and each write is in the history and the log', async () => {
    const admin = app.as('admin')
    const made = await done(
      admin,
      'createRole',
      { name: 'Sales', description: 'Sells', permissions: ['account:read', 'account.name:update@own', 'account:read'] },
      ROLE,
    )
    const id = textAt(made, 'role.id')
    expect(at(made, 'role')).toEqual({
      id,
      version: 1,
      name: 'Sales',
      description: 'Sells',
      permissions: ['account:read', 'account.name:update@own', 'account:read'],
      parent: null,
    })
    const lead = await addRole(app, { name: 'Sales lead', permissions: ['account:update@hierarchy'] })
    const changed = await done(
      admin,
      'updateRole',
      { id, version: 1, parentId: lead.id, permissions: ['*:read'] },
      ROLE,
    )
    expect(at(changed, 'role')).toMatchObject({ version: 2, permissions: ['*:read'], parent: { name: 'Sales lead' } })
    await done(admin, 'deleteRole', { id, version: 2 }, 'role { id }')
    expect(at(await admin.must('query ($id: ID!) { role(id: $id) { name } }', { id }), 'role')).toBeNull()
    await done(admin, 'restoreRole', { id }, 'role { id }')
    await logSettled(app)
    const seen = await admin.must(
      `query ($id: ID!) {
        role(id: $id) { history { nodes { operation changes { field from to } } } }
        changes(last: 4, filter: { recordIds: [$id] }) { nodes { operation changedFields } }
      }`,
      { id },
    )
    expect(textsAt(seen, 'role.history.nodes', 'operation')).toEqual(['RESTORED', 'DELETED', 'UPDATED', 'CREATED'])
    expect(at(listAt(seen, 'role.history.nodes')[2], 'changes')).toEqual([
      { field: 'parentId', from: null, to: lead.id },
      { field: 'permissions', from: ['account:read', 'account.name:update@own', 'account:read'], to: ['*:read'] },
    ])
    expect(textsAt(seen, 'changes.nodes', 'operation')).toEqual(['CREATED', 'UPDATED', 'DELETED', 'RESTORED'])
  })

  it('can be created several at once with createRoles, which returns the errors of the invalid roles', async () => {
    const records = [
      { name: 'Bulk 1', permissions: [] },
      { name: 'Bulk 2', permissions: ['nonsense'] },
    ]
    const payload = await send(
      app.as('admin'),
      'createRoles',
      { records, errorPolicy: 'REJECT_FAILED' },
      'createdCount',
    )
    expect(at(payload, 'createdCount')).toBe(1)
    expect(textsAt(payload, 'userErrors', 'code')).toEqual(['INVALID'])
    expect(at(payload, 'userErrors.0.path')).toEqual(['input', 'records', '1', 'permissions', '0'])
  })

  it('are refused with invalid permissions, and the errors suggest the nearest valid name', async () => {
    const messages = await messagesOf(app.as('admin'), 'createRole', {
      name: 'Typos',
      permissions: [
        'acount:read',
        'account.nam:read',
        'account:reed',
        'read',
        '*.name:read',
        'account:read@mine',
        'account:raed',
        'account:read@tema',
        'contact:udpate@own',
        '*:delte',
        'account:befriend',
        'account:read@',
        'account:read',
      ],
    })
    expect(messages).toEqual([
      'There is no object called acount. Did you mean account?',
      'There is no field of account called nam. Did you mean name?',
      'There is no action of account called reed. Did you mean read?',
      expect.stringContaining('"read" is not a permission'),
      expect.stringContaining('"*.name:read" is not a permission'),
      'There is no scope called mine. The scopes are @own, @team, @hierarchy, @shared.',
      'There is no action of account called raed. Did you mean read?',
      'There is no scope called tema. Did you mean team?',
      'There is no action of contact called udpate. Did you mean update?',
      'There is no action called delte. Did you mean delete?',
      expect.stringContaining('There are read, create, update, delete and *.'),
      expect.stringContaining('"account:read@" is not a permission'),
    ])
  })

  it('can have permissions on objects, on fields, on plugins and on audit entries, with and without a scope', async () => {
    const permissions = [
      'plugin:update',
      'audit:read',
      'interaction:*@team',
      'account:create',
      '*:*@own',
      'user.email:read',
    ]
    expect(await refusalsOf(app.as('admin'), 'createRole', { name: 'All kinds', permissions })).toEqual([])
  })

  it('are not created with a name that is taken, nor changed with a stale version or by a user of another workspace', async () => {
    const admin = app.as('admin')
    const made = await addRole(app, { name: 'Taken', permissions: [] })
    const foreign = await addRole(app, { name: 'Foreign', permissions: [] }, 'globex')
    await expectRefused(app, admin, 'createRole', { name: 'Taken', permissions: [] }, ['DUPLICATE input.name'])
    await expectRefused(app, admin, 'updateRole', { id: made.id, version: 9, name: 'New' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, admin, 'deleteRole', { id: made.id, version: 9 }, ['STALE_VERSION input.version'])
    for (const mutation of ['updateRole', 'deleteRole', 'restoreRole'])
      await expectRefused(app, admin, mutation, { id: foreign.id, version: 1 }, ['NOT_FOUND input.id'])
    await expectRefused(app, admin, 'updateRole', { id: made.id, version: 1, parentId: foreign.id }, [
      'NOT_FOUND input.parentId',
    ])
    expect(await messagesOf(admin, 'deleteRole', { id: foreign.id })).toEqual(
      await messagesOf(admin, 'deleteRole', { id: 'role_00000000000000000000000000' }),
    )
  })

  it('cannot be created or changed by members and readers', async () => {
    const made = await addRole(app, { name: 'Guarded', permissions: [] })
    for (const role of ['member', 'reader'] as const) {
      const client = app.as(role)
      await expectForbidden(app, client, 'createRole', { name: 'No', permissions: [] })
      await expectForbidden(app, client, 'createRoles', { records: [{ name: 'No', permissions: [] }] })
      await expectForbidden(app, client, 'updateRole', { id: made.id, version: 1, permissions: ['*:*'] })
      await expectForbidden(app, client, 'deleteRole', { id: made.id, version: 1 })
      await expectForbidden(app, client, 'restoreRole', { id: made.id })
    }
  })

  it('cannot form a circle of parents, also when two updates run at the same time', async () => {
    const admin = app.as('admin')
    const [a, b, c] = await Promise.all(
      ['A', 'B', 'C'].map((name) => addRole(app, { name: `Circle ${name}`, permissions: [] })),
    )
    if (!a || !b || !c) throw new Error('Three roles were made.')
    await done(admin, 'updateRole', { id: b.id, version: 1, parentId: a.id }, 'role { id }')
    await expectRefused(app, admin, 'updateRole', { id: a.id, version: 1, parentId: b.id }, [
      'RULE_VIOLATION input.parentId',
    ])
    await expectRefused(app, admin, 'updateRole', { id: a.id, version: 1, parentId: a.id }, [
      'RULE_VIOLATION input.parentId',
    ])
    const answers = await Promise.all([
      refusalsOf(admin, 'updateRole', { id: a.id, version: 1, parentId: c.id }),
      refusalsOf(admin, 'updateRole', { id: c.id, version: 1, parentId: b.id }),
    ])
    expect(answers.map((refusals) => refusals.length).sort()).toEqual([0, 1])
  })
})

describe('a role that is in use', () => {
  it('cannot be deleted, and the message counts the users, API keys and roles that use it', async () => {
    const admin = app.as('admin')
    const used = await addRole(app, { name: 'Used', permissions: ['account:read'] })
    await addRole(app, { name: 'Below', permissions: [], parentId: used.id })
    await done(
      admin,
      'createUser',
      { email: 'used@acme.example', displayName: 'U', roles: [{ roleId: used.id }] },
      'user { id }',
    )
    await done(admin, 'createApiKey', { displayName: 'Used', roles: [{ roleId: used.id }] }, 'apiKey { id }')
    await expectRefused(app, admin, 'deleteRole', { id: used.id, version: 1 }, ['RULE_VIOLATION input.id'])
    expect(await messagesOf(admin, 'deleteRole', { id: used.id })).toEqual([
      'The role is in use: 1 user, 1 API key, 1 role below it. Remove the role from them first.',
    ])
    const seen = await admin.must(
      'query ($id: ID!) { role(id: $id) { users { nodes { email } } apiKeys { nodes { displayName } } children { nodes { name } } } }',
      { id: used.id },
    )
    expect(at(seen, 'role')).toEqual({
      users: { nodes: [{ email: 'used@acme.example' }] },
      apiKeys: { nodes: [{ displayName: 'Used' }] },
      children: { nodes: [{ name: 'Below' }] },
    })
  })

  it('gives its users its new permissions from the next request on', async () => {
    const client = await userWho(app, ['contact:read'])
    const name = await roleName(client.roleId)
    const id = await roleId(app, name)
    expect((await client.query('{ accounts { totalCount } }')).errors).toHaveLength(1)
    await done(app.as('admin'), 'updateRole', { id, version: 1, permissions: ['account:read'] }, 'role { id }')
    expect((await client.query('{ accounts { totalCount } }')).errors).toHaveLength(0)
    expect((await client.query('{ contacts { totalCount } }')).errors).toHaveLength(1)
  })
})

async function roleName(uuid: string): Promise<string> {
  const { rows } = await app.database.ownerPool.query<{ name: string }>('select name from roles where id = $1', [uuid])
  return rows[0]?.name ?? ''
}
