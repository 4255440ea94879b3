import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRole, documentOf, done, expectRefused, refusalsOf, roleId, userId } from './administration.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('a user who may write roles', () => {
  it('can create a role only with permissions that the user has', async () => {
    const deputy = await userWho(app, ['role:*', 'user:*', 'account:*', 'contact:read@team', '*:read'])
    const create = (permissions: readonly string[]) =>
      refusalsOf(deputy, 'createRole', { name: `R ${permissions.join()}`, permissions })
    expect(
      await create(['account:update', 'account:*@own', 'account.name:read', 'task:read@own', '*:read', 'contact:read']),
    ).toEqual([])
    for (const permission of [
      '*:*',
      '*:update',
      'contact:update',
      'contact:*',
      'apiKey:read',
      'audit:read',
      'workspace:update',
    ])
      expect([permission, await create([permission])]).toEqual([permission, ['RULE_VIOLATION input.permissions.0']])
  })

  it('can leave in a role or remove from it permissions that the user does not have, but cannot add them', async () => {
    const deputy = await userWho(app, ['role:*'])
    const strong = await addRole(app, { name: 'Strong', permissions: ['account:*', 'contact:*'] })
    await done(
      deputy,
      'updateRole',
      { id: strong.id, version: 1, description: 'Described', permissions: ['account:*'] },
      'role { id }',
    )
    await expectRefused(
      app,
      deputy,
      'updateRole',
      { id: strong.id, version: 2, permissions: ['account:*', 'contact:*'] },
      ['RULE_VIOLATION input.permissions.1'],
    )
  })

  it('cannot create a role below a role whose grants with the scope hierarchy exceed the permissions of the user', async () => {
    const deputy = await userWho(app, ['role:*', 'account:read'])
    const boss = await addRole(app, { name: 'Boss', permissions: ['contact:update@hierarchy'] })
    const reader = await addRole(app, { name: 'Account boss', permissions: ['account:read@hierarchy'] })
    await expectRefused(app, deputy, 'createRole', { name: 'Under', permissions: [], parentId: boss.id }, [
      'RULE_VIOLATION input.parentId',
    ])
    expect(await refusalsOf(deputy, 'createRole', { name: 'Under', permissions: [], parentId: reader.id })).toEqual([])
  })

  it('cannot restore a role that grants more than the user has', async () => {
    const deputy = await userWho(app, ['role:*'])
    const strong = await addRole(app, { name: 'Away', permissions: ['*:*'] })
    await done(app.as('admin'), 'deleteRole', { id: strong.id }, 'role { id }')
    await expectRefused(app, deputy, 'restoreRole', { id: strong.id }, ['RULE_VIOLATION input.id'])
  })
})

describe('the last administrator of a workspace', () => {
  it('cannot lose the permission *:*, and one administrator stays active when two suspend each other at the same time', async () => {
    const admin = app.as('admin', 'globex')
    const id = await roleId(app, 'admin', 'globex')
    const self = await userId(app, 'admin', 'globex')
    const readOnly = await roleId(app, 'read-only', 'globex')
    await expectRefused(app, admin, 'updateRole', { id, version: 1, permissions: ['*:read'] }, [
      'RULE_VIOLATION input.permissions',
    ])
    await expectRefused(app, admin, 'updateUser', { id: self, version: 1, roles: [{ roleId: readOnly }] }, [
      'RULE_VIOLATION input.roles',
    ])
    await expectRefused(app, admin, 'updateUser', { id: self, version: 1, roles: [] }, ['RULE_VIOLATION input.roles'])
    const other = await userId(app, 'member', 'globex')
    await done(admin, 'updateUser', { id: other, version: 1, roles: [{ roleId: id }] }, 'user { id }')
    const second = app.as('member', 'globex')
    // Each of the two is the last administrator once the other is suspended, so one of them has to stay active.
    await Promise.all([
      admin.query(documentOf('suspendUser'), { input: { id: other, version: 2 } }),
      second.query(documentOf('suspendUser'), { input: { id: self, version: 1 } }),
    ])
    const answers = await Promise.all([admin, second].map((client) => client.query('{ viewer { permissions } }')))
    expect(answers.map(({ data }) => at(data, 'viewer.permissions')).filter((each) => each !== undefined)).toEqual([
      ['*:*'],
    ])
  })
})
