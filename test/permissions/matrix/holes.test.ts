import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { condition } from '../../../src/platform/declare/objects/fields.ts'
import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addContact, addInteraction, addRelationshipType } from '../../support/records.ts'
import { type Asked, askerOf, type Person, userWho } from '../people.ts'

/** Regression tests: data that was once shown to a caller who may not read it, each with the shortest request. */

const golden = definePlugin({
  id: 'golden',
  description: 'Filters by what it likes.',
  version: '1.0.0',
  api: '^1.0.0',
  conditions: {
    Account: {
      isGold: condition({
        description: 'Whether its tier is Gold.',
        type: 'Boolean',
        where: (account) => sql`${account.column('tier')} = 'Gold'`,
      }),
    },
  },
})

let app: TestApp
let caller: Person
let asked: Asked

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: golden }] })
  caller = await userWho(app, [])
  asked = askerOf(app, caller)
})
afterAll(() => app.close())

describe('the field createdBy of a record', () => {
  it('shows the e-mail address of a user only to a caller who may read that user’s e-mail address', async () => {
    await addAccount(app.as('admin'), { name: 'Made by admin' })
    const query = '{ accounts { nodes { createdBy { displayName ... on User { email } } } } }'
    const emails = async (permissions: readonly string[]) => {
      const { data } = await asked(['account:read', 'actor:read', ...permissions], query)
      return listAt(data, 'accounts.nodes').map((node) => at(node, 'createdBy.email'))
    }
    expect(new Set(await emails(['user.email:read@own']))).toEqual(new Set([undefined]))
    expect(await emails(['user.email:read'])).toContain('admin@acme.example')
    const { data } = await asked(['account:read', 'actor:read'], '{ accounts { nodes { createdBy { displayName } } } }')
    expect(at(data, 'accounts.nodes.0.createdBy.displayName')).toBe('admin')
  })
})

describe('a timeline', () => {
  it('requires of a caller who may read interactions permission for their occurredAt, and to filter by kinds for their kind', async () => {
    const contact = await addContact(app.as('admin'), { lastName: 'Met' })
    await addInteraction(app.as('admin'), 'call', { participants: [{ contactId: contact.id }] })
    const query = (args: string) => `{ contacts { nodes { timeline${args} { totalCount edges { cursor } } } } }`
    const subject = ['contact:read', 'interaction.subject:read']
    expect((await asked(subject, query(''))).permission).toBe('interaction.occurredAt:read')
    const dated = [...subject, 'interaction.occurredAt:read']
    expect((await asked(dated, query(''))).permission).toBeUndefined()
    expect((await asked(dated, query('(kinds: [CALL])'))).permission).toBe('interaction.kind:read')
    expect((await asked(['contact:read'], query('(kinds: [CALL])'))).permission).toBeUndefined()
  })
})

describe('the log', () => {
  it.each([
    ['types: ["Account"]', 'change.type:read'],
    ['operations: [CREATED]', 'change.operation:read'],
    ['recordIds: ["account_00000000000000000000000000"]', 'change.recordId:read'],
  ])('can be filtered only by fields that the caller may read: %s', async (filter, permission) => {
    const query = `{ changes(filter: { ${filter} }) { nodes { at } } }`
    expect((await asked(['change.at:read', 'account:read'], query)).permission).toBe(permission)
    expect((await asked(['change:read', 'account:read'], query)).permission).toBeUndefined()
  })
})

describe('a filter condition of a plugin', () => {
  it('can be used only with permission for the condition, such as account.isGold:read, or for the object', async () => {
    const query = '{ accounts(filter: { isGold: true }) { totalCount } }'
    expect((await asked(['account.name:read'], query)).permission).toBe('account.isGold:read')
    expect((await asked(['account.isGold:read'], query)).permission).toBeUndefined()
    expect((await asked(['account:read'], query)).permission).toBeUndefined()
  })
})

describe('the ids of records that the caller may not read', () => {
  it('are not shown in the history, the conflicts or the relations of a visible record', async () => {
    const admin = app.as('admin')
    const [first, second] = [await addAccount(admin, { name: 'First' }), await addAccount(admin, { name: 'Second' })]
    const own = await addAccount(admin, { name: 'Own', parentId: first.id, ownerId: encodeId('user', caller.actor.id) })
    await admin.must(
      'mutation ($id: ID!, $parent: ID!) { updateAccount(input: { id: $id, version: 1, parentId: $parent }) { userErrors { code } } }',
      { id: own.id, parent: second.id },
    )
    const read =
      'query ($id: ID!) { account(id: $id) { parent { id } history { nodes { changes { field from to } } } } }'
    const rights = ['account:read@own', 'account:update@own', 'auditEntry:read']
    const { data } = await asked(rights, read, { id: own.id })
    const changes = listAt(data, 'account.history.nodes.0.changes')
    expect([at(data, 'account.parent'), changes]).toEqual([null, [{ field: 'parentId', from: null, to: null }]])
    const update = `mutation ($id: ID!) { updateAccount(input: { id: $id, version: 1, parentId: null }) {
      userErrors { ... on StaleVersionError { conflicts { field base theirs yours } } } } }`
    const stale = await asked(rights, update, { id: own.id })
    expect(at(stale.data, 'updateAccount.userErrors.0.conflicts')).toEqual([
      { field: 'parentId', base: null, theirs: null, yours: null },
    ])
    const all = await asked(['account:read', 'account:update', 'auditEntry:read'], read, { id: own.id })
    expect(at(all.data, 'account.history.nodes.0.changes.0')).toEqual({
      field: 'parentId',
      from: first.id,
      to: second.id,
    })
  })
})

describe('the field relationships of an account or a contact', () => {
  it('counts only the relationships that the caller may read', async () => {
    const admin = app.as('admin')
    const [contact, account] = [
      await addContact(admin, { lastName: 'One side' }),
      await addAccount(admin, { name: 'Other side' }),
    ]
    const type = await addRelationshipType(admin, 'advises', 'is advised by')
    const relate = async (client: TestClient) => {
      const data = await client.must(
        'mutation ($input: CreateRelationshipInput!) { createRelationship(input: $input) { relationship { id } userErrors { message } } }',
        {
          input: { typeId: type.id, fromId: contact.id, toId: account.id },
        },
      )
      return textAt(data, 'createRelationship.relationship.id')
    }
    await relate(admin)
    const sides = [
      'account:read',
      'contact:read',
      'relationshipType:read',
      'relationshipSide:read',
      'relationship:create',
    ]
    const count = async (permissions: readonly string[]) => {
      const query =
        'query ($a: ID!, $c: ID!) { account(id: $a) { relationships { totalCount } } contact(id: $c) { relationships { totalCount } } }'
      const { data } = await asked([...sides, ...permissions], query, { a: account.id, c: contact.id })
      return [at(data, 'account.relationships.totalCount'), at(data, 'contact.relationships.totalCount')]
    }
    expect(await count([])).toEqual([0, 0])
    expect(await count(['relationship:read@own'])).toEqual([0, 0])
    expect(await count(['relationship:read'])).toEqual([1, 1])
    await relate(caller)
    expect(await count(['relationship:read@own'])).toEqual([1, 1])
    expect(await count(['relationship:read'])).toEqual([2, 2])
  })
})
