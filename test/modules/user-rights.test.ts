import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRole, addUser, expectRefused, refusalsOf, roleId } from './administration.ts'

let app: TestApp
let adminRole: string

beforeAll(async () => {
  app = await createTestApp()
  adminRole = await roleId(app, 'admin')
})
afterAll(() => app.close())

describe('a user who may write users', () => {
  it('cannot give anybody a role that grants more than the user has', async () => {
    const deputy = await userWho(app, ['user:*', 'role:read', 'account:read'])
    const weak = await addRole(app, { name: 'Weak', permissions: ['account:read@own'] })
    const create = (roles: readonly string[]) =>
      refusalsOf(deputy, 'createUser', {
        email: `d${roles.length}@acme.example`,
        displayName: 'D',
        roles: roles.map((each) => ({ roleId: each })),
      })
    expect(await create([adminRole])).toEqual(['RULE_VIOLATION input.roles.0.roleId'])
    expect(await create([weak.id])).toEqual([])
    const self = textAt(await deputy.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    await expectRefused(app, deputy, 'updateUser', { id: self, version: 1, roles: [{ roleId: adminRole }] }, [
      'RULE_VIOLATION input.roles.0.roleId',
    ])
  })

  it('cannot change the e-mail address or password of another user who has more permissions', async () => {
    const deputy = await userWho(app, ['user:*', 'role:read', 'account:read'])
    const boss = await addUser(app, 'boss@acme.example', [adminRole])
    await expectRefused(app, deputy, 'updateUser', { id: boss, version: 1, email: 'mine@evil.example' }, [
      'RULE_VIOLATION input.email',
    ])
    await expectRefused(app, deputy, 'resetPassword', { userId: boss }, ['RULE_VIOLATION input.userId'])
    expect(await refusalsOf(deputy, 'updateUser', { id: boss, version: 1, displayName: 'Boss' })).toEqual([])
  })

  it('cannot remove roles from another user who has more permissions, nor suspend an administrator', async () => {
    const deputy = await userWho(app, ['user:*', 'role:read', 'account:read'])
    const boss = await addUser(app, 'second@acme.example', [adminRole])
    const weak = await addRole(app, { name: 'Reads accounts', permissions: ['account:read'] })
    await expectRefused(app, deputy, 'updateUser', { id: boss, version: 1, roles: [{ roleId: weak.id }] }, [
      'RULE_VIOLATION input.roles',
    ])
    await expectRefused(app, deputy, 'suspendUser', { id: boss, version: 1 }, ['RULE_VIOLATION input.id'])
    const clerk = await addUser(app, 'clerk@acme.example')
    expect(await refusalsOf(deputy, 'suspendUser', { id: clerk, version: 1 })).toEqual([])
    const peer = await addUser(app, 'peer@acme.example', [weak.id])
    expect(await refusalsOf(deputy, 'updateUser', { id: peer, version: 1, roles: [] })).toEqual([])
  })

  it('cannot change the e-mail address, password or roles of a user who has account:read@own too, because it covers other records for each user', async () => {
    const seller = await addRole(app, { name: 'Seller of their own', permissions: ['account:read@own'] })
    const deputy = await userWho(app, ['user:*', 'role:read', 'account:read@own'])
    const one = await addUser(app, 'seller-one@acme.example', [seller.id])
    await expectRefused(app, deputy, 'resetPassword', { userId: one }, ['RULE_VIOLATION input.userId'])
    await expectRefused(app, deputy, 'updateUser', { id: one, version: 1, email: 'mine@evil.example' }, [
      'RULE_VIOLATION input.email',
    ])
    await expectRefused(app, deputy, 'updateUser', { id: one, version: 1, roles: [] }, ['RULE_VIOLATION input.roles'])
    expect(await refusalsOf(deputy, 'suspendUser', { id: one, version: 1 })).toEqual([])
    const self = textAt(await deputy.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    expect(await refusalsOf(deputy, 'updateUser', { id: self, version: 1, email: 'mine@acme.example' })).toEqual([])
    expect(await refusalsOf(deputy, 'resetPassword', { userId: self })).toEqual([])
    const whole = await userWho(app, ['user:*', 'account:read'])
    const two = await addUser(app, 'seller-two@acme.example', [seller.id])
    expect(await refusalsOf(whole, 'resetPassword', { userId: two })).toEqual([])
  })
})
