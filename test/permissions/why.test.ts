import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definePlugin } from '../../src/platform/declare/plugin.ts'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { defineAccessRule } from '../../src/platform/declare/rules/access-rule.ts'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, type Made } from '../support/records.ts'
import { teamOf, userWho } from './people.ts'

/** Hides accounts of the industry "Walled" from all but administrators, and contacts from API keys and plugins. */
const walls = definePlugin({
  id: 'walls',
  description: 'Keeps some accounts from most people.',
  version: '1.0.0',
  api: '^1.0.0',
  accessRules: [
    defineAccessRule({
      name: 'walls.industry',
      description: 'Walled accounts are for administrators.',
      object: 'Account',
      on: ['read', 'update'],
      decide: ({ actor }) => actor.roles.includes('admin') || { NOT: [{ industry: { equals: 'Walled' } }] },
    }),
    defineAccessRule({
      name: 'walls.contacts',
      description: 'Contacts are for nobody but users.',
      object: 'Contact',
      on: ['read'],
      decide: ({ actor }) => actor.kind === 'USER',
    }),
  ],
})

const WHY = `query ($userId: ID!, $recordId: ID!) { whyAccess(userId: $userId, recordId: $recordId) {
  actor { displayName } actions { action isAllowed steps { kind role permission rule isMet explanation } }
  fields { field isReadable isWritable } } }`

let app: TestApp
let user: TestClient<TestActor>
let mate: TestClient<TestActor>
let own: Made
let walled: Made
let teams: Made

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: walls }] })
  user = await userWho(app, ['account:read@team', 'account.name:update@own', 'contact:read'])
  mate = await userWho(app, ['account:*'])
  await teamOf(app, [user, mate])
  const ownerId = encodeId('user', user.actor.id)
  own = await addAccount(app.as('admin'), { name: 'Own', ownerId })
  walled = await addAccount(app.as('admin'), { name: 'Walled', ownerId, industry: 'Walled' })
  teams = await addAccount(app.as('admin'), { name: 'Teams', ownerId: encodeId('user', mate.actor.id) })
})
afterAll(() => app.close())

async function why(record: Made, who: { readonly actor: TestActor } = user) {
  const data = await app.as('admin').must(WHY, { userId: encodeId('user', who.actor.id), recordId: record.id })
  return at(data, 'whyAccess')
}

function allowed(answer: unknown): Record<string, unknown> {
  return Object.fromEntries(listAt(answer, 'actions').map((each) => [at(each, 'action'), at(each, 'isAllowed')]))
}

describe('whyAccess', () => {
  it('lists each way to read, update or delete a record, with the role and permission that give it, and whether it applies', async () => {
    const answer = await why(teams)
    expect(allowed(answer)).toEqual({ read: true, update: false, delete: false })
    const [read, update, remove] = listAt(answer, 'actions')
    const role = expect.stringMatching(/^Role /)
    const permission = 'account:read@team'
    expect(listAt(read, 'steps').map((step) => [at(step, 'kind'), at(step, 'isMet')])).toEqual([
      ['OWNER', false],
      ['TEAM', true],
      ['RECORD_GRANT', false],
      ['ACCESS_RULE', true],
    ])
    expect(at(read, 'steps.1')).toMatchObject({ role, permission, rule: null })
    expect(String(at(read, 'steps.1.explanation'))).toMatch(
      /^The record or its owner belongs to a team of the actor \(role Role .*, account:read@team\)\.$/,
    )
    expect(at(update, 'steps.0')).toMatchObject({ kind: 'OWNER', permission: 'account.name:update@own', isMet: false })
    expect(listAt(remove, 'steps').map((step) => at(step, 'kind'))).toEqual(['NO_PERMISSION'])
    expect(listAt(answer, 'fields').filter((field) => at(field, 'isWritable'))).toEqual([
      { field: 'name', isReadable: true, isWritable: true },
    ])
  })

  it('says that a user may read or update a record exactly when the API really lets the user do so', async () => {
    for (const record of [own, walled, teams]) {
      const one = await user.must('query ($id: ID!) { account(id: $id) { id } }', { id: record.id })
      const rename = await user.query(
        'mutation ($id: ID!) { updateAccount(input: { id: $id, version: 1, name: "Renamed" }) { userErrors { code } } }',
        { id: record.id },
      )
      const mayUpdate = rename.errors.length === 0 && listAt(rename.data, 'updateAccount.userErrors').length === 0
      expect(allowed(await why(record))).toMatchObject({ read: at(one, 'account') !== null, update: mayUpdate })
    }
  })

  it('considers access rules of plugins, the suspension of a user and the field `scopes` of an API key', async () => {
    const step = listAt(await why(walled), 'actions.0.steps').find((each) => at(each, 'kind') === 'ACCESS_RULE')
    expect(step).toMatchObject({ rule: 'walls.industry', isMet: false })
    expect(allowed(await why(walled, app.as('admin')))).toEqual({ read: true, update: true, delete: true })
    await app.database.ownerPool.query('update actors set is_active = false where id = $1', [mate.actor.id])
    const suspended = await why(teams, mate)
    expect(allowed(suspended)).toEqual({ read: false, update: false, delete: false })
    expect(listAt(suspended, 'actions.0.steps').at(-1)).toMatchObject({ kind: 'SUSPENDED' })
    await app.database.ownerPool.query('update actors set is_active = true where id = $1', [mate.actor.id])
    await app.database.ownerPool.query(`update actors set scopes = '{account:update,account:read@own}' where id = $1`, [
      mate.actor.id,
    ])
    expect(allowed(await why(own, mate))).toEqual({ read: false, update: false, delete: false })
    expect(allowed(await why(teams, mate))).toEqual({ read: true, update: true, delete: false })
  })

  it('reports no field as readable when the user may not read the record', async () => {
    const unread = async (record: Made, who: { readonly actor: TestActor }) => {
      const answer = await why(record, who)
      expect(allowed(answer)).toMatchObject({ read: false })
      expect(listAt(answer, 'fields')).toContainEqual(expect.objectContaining({ field: 'version' }))
      return listAt(answer, 'fields').filter((field) => at(field, 'isReadable'))
    }
    expect(await unread(walled, user)).toEqual([])
    expect(await unread(own, await userWho(app, []))).toEqual([])
    expect(await unread(own, await userWho(app, ['account:read@own']))).toEqual([])
    expect(listAt(await why(own), 'fields')).toContainEqual({ field: 'id', isReadable: true, isWritable: false })
  })

  it('is refused to a caller with the role member, and is null for a record that is missing or of another workspace', async () => {
    const variables = { userId: encodeId('user', user.actor.id), recordId: own.id }
    expect(errorCodes(await app.as('member').query(WHY, variables))).toEqual(['FORBIDDEN'])
    const nowhere = { ...variables, recordId: 'account_00000000000000000000000000' }
    expect(await app.as('admin').must(WHY, nowhere)).toEqual({ whyAccess: null })
    expect(await app.as('admin', 'globex').must(WHY, variables)).toEqual({ whyAccess: null })
  })
})
