import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { addUser, type Input, refusalsOf, roleId } from '../modules/administration.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const REFUSED = `query ($actorId: ID!) {
  auditEntries(filter: { operation: { equals: REFUSED }, actor: { is: { id: { equals: $actorId } } } }, orderBy: [{ at: ASC }]) {
    nodes { mutation permission type recordId }
  }
}`

it('the audit has an entry for each refused attempt to gain more rights, about the user to change or else about the caller', async () => {
  const admin = await roleId(app, 'admin')
  const boss = await addUser(app, 'boss@acme.example', [admin])
  const deputy = await userWho(app, ['user:*', 'role:*', 'apiKey:*', 'account:read'])
  const self = at(await deputy.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
  const attempts: readonly (readonly [string, Input])[] = [
    ['createUser', { email: 'mine@acme.example', displayName: 'Mine', roles: [{ roleId: admin }] }],
    ['updateUser', { id: boss, version: 1, roles: [] }],
    ['updateUser', { id: self, version: 1, roles: [{ roleId: admin }] }],
    ['resetPassword', { userId: boss }],
    ['suspendUser', { id: boss, version: 1 }],
    ['createRole', { name: 'Everything', permissions: ['*:*'] }],
    ['createApiKey', { displayName: 'Everything', roles: [{ roleId: admin }] }],
  ]
  for (const [mutation, input] of attempts) expect(await refusalsOf(deputy, mutation, input)).not.toEqual([])
  // A refusal for another reason is not such an attempt.
  expect(await refusalsOf(deputy, 'createRole', { name: '', permissions: [] })).not.toEqual([])
  await logSettled(app)
  const told = listAt(await app.as('admin').must(REFUSED, { actorId: self }), 'auditEntries.nodes')
  expect(told).toEqual([
    { mutation: 'createUser', permission: '*:*', type: 'User', recordId: self },
    { mutation: 'updateUser', permission: '*:*', type: 'User', recordId: boss },
    { mutation: 'updateUser', permission: '*:*', type: 'User', recordId: self },
    { mutation: 'resetPassword', permission: '*:*', type: 'User', recordId: boss },
    { mutation: 'suspendUser', permission: '*:*', type: 'User', recordId: boss },
    { mutation: 'createRole', permission: '*:*', type: 'User', recordId: self },
    { mutation: 'createApiKey', permission: '*:*', type: 'User', recordId: self },
  ])
})
