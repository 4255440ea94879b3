import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../src/platform/declare/permission.ts'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, type Made } from '../support/records.ts'
import { openStream } from '../support/sse.ts'
import { userWho } from './people.ts'

let app: TestApp
let account: Made
/** A user who may read three fields of accounts and update one. */
let clerk: TestClient<TestActor>

beforeAll(async () => {
  app = await createTestApp()
  account = await addAccount(app.as('admin'), { name: 'Acme', industry: 'Tools', tier: 'Gold', employeeCount: 5 })
  clerk = await userWho(app, [
    'account.name:read',
    'account.industry:read',
    'account.history:read',
    'account.name:update',
    'auditEntry:read',
    'change:read',
  ])
})
afterAll(() => app.close())

const refusal = { code: 'FORBIDDEN', permission: 'account.tier:read' }

describe('a role that grants single fields', () => {
  it('lets a user read these fields, the id and the version, and no other field', async () => {
    expect(
      await clerk.must('query ($id: ID!) { account(id: $id) { version name industry } }', { id: account.id }),
    ).toEqual({
      account: { version: 1, name: 'Acme', industry: 'Tools' },
    })
    const { data, errors } = await clerk.query('query ($id: ID!) { account(id: $id) { name tier } }', {
      id: account.id,
    })
    expect(data).toEqual({ account: null })
    expect(errors.map(({ extensions }) => extensions)).toEqual([refusal])
    expect(errors[0]?.message).toBe(
      'Reading Account.tier needs the permission account.tier:read. Ask an administrator of the workspace.',
    )
  })

  it.each([
    ['a filter', '{ accounts(filter: { tier: { equals: "Gold" } }) { totalCount } }'],
    ['a filter within NOT', '{ accounts(filter: { NOT: [{ OR: [{ tier: { isNull: true } }] }] }) { totalCount } }'],
    [
      'a filter through a relation',
      '{ accounts(filter: { parent: { is: { tier: { equals: "x" } } } }) { totalCount } }',
    ],
    ['an order', '{ accounts(orderBy: [{ tier: ASC }]) { nodes { id } } }'],
    ['a fragment', '{ accounts { nodes { ...F } } } fragment F on Account { alias: tier }'],
    [
      'a selection through nodes',
      `{ nodes(ids: ["account_00000000000000000000000000", "ID"]) { ... on Account { tier } } }`,
    ],
    ['a selection in a list', '{ accounts { edges { node { tier } } } }'],
  ])('refuses a query that uses a field that the role does not grant, in %s', async (_, query) => {
    const { errors } = await clerk.query(query.replace('ID', account.id))
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      query.includes('parent') ? [{ code: 'FORBIDDEN', permission: 'account.parent:read' }] : [refusal],
    )
  })

  it('refuses a search unless the user may read every field that search looks at', async () => {
    const answer = await clerk.query('{ accounts(search: "acme") { totalCount } }')
    expect(errorCodes(answer)).toEqual(['FORBIDDEN'])
    const reader = await userWho(
      app,
      ['name', 'industry', 'website', 'tier'].map((field): Permission => `account.${field}:read`),
    )
    expect(at(await reader.must('{ accounts(search: "acme") { totalCount } }'), 'accounts.totalCount')).toBe(1)
  })

  it('shows changes of only these fields in the history of a record and in the log', async () => {
    const admin = app.as('admin')
    await admin.must(
      'mutation ($id: ID!) { updateAccount(input: { id: $id, version: 1, industry: "Toys", tier: "Silver" }) { userErrors { code } } }',
      { id: account.id },
    )
    const data = await clerk.must(
      'query ($id: ID!) { account(id: $id) { history(first: 1) { nodes { changes { field from to } } } } changes(last: 1) { nodes { changedFields } } }',
      { id: account.id },
    )
    expect(at(data, 'account.history.nodes.0.changes')).toEqual([{ field: 'industry', from: 'Tools', to: 'Toys' }])
    await logSettled(app)
    const log = await clerk.must('{ changes(last: 1) { nodes { changedFields } } }')
    expect(listAt(log, 'changes.nodes')).toEqual([{ changedFields: ['industry'] }])
  })

  it('refuses a subscription that selects or filters by a field that the role does not grant', async () => {
    const follow = (document: string) => openStream(app, clerk, document).then((stream) => stream.next())
    expect(at(await follow('subscription { accountChanged { account { tier } } }'), 'errors.0.extensions.code')).toBe(
      'FORBIDDEN',
    )
    expect(
      at(
        await follow('subscription { accountChanged(filter: { tier: { equals: "x" } }) { account { name } } }'),
        'errors.0.extensions.code',
      ),
    ).toBe('FORBIDDEN')
  })

  it('refuses an update whose input or payload has a field that the role does not grant, and then changes nothing', async () => {
    const update = (input: string) =>
      clerk.query(
        `mutation ($id: ID!) { updateAccount(input: { id: $id, version: 2, ${input} }) { account { name } userErrors { code } } }`,
        { id: account.id },
      )
    const refused = await update('name: "New", tier: "Bronze"')
    expect(refused.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', permission: 'account.tier:update' },
    ])
    const answered = await clerk.query(
      'mutation ($id: ID!) { updateAccount(input: { id: $id, version: 2, name: "Unseen" }) { account { tier } } }',
      { id: account.id },
    )
    expect(answered.errors.map(({ extensions }) => extensions)).toEqual([refusal])
    const seen = await app
      .as('admin')
      .must('query ($id: ID!) { account(id: $id) { name tier version } }', { id: account.id })
    expect(seen).toEqual({ account: { name: 'Acme', tier: 'Silver', version: 2 } })
    expect(at((await update('name: "Acme Ltd"')).data, 'updateAccount.account.name')).toBe('Acme Ltd')
  })

  it('shows only fields that the user may read in the conflicts of an update with a stale version', async () => {
    const writer = await userWho(app, ['account:update', 'account.name:read'])
    const { data } = await writer.query(
      `mutation ($id: ID!) { updateAccount(input: { id: $id, version: 1, name: "Mine", industry: "Mine" }) {
        userErrors { code ... on StaleVersionError { conflicts { field base theirs yours } } } } }`,
      { id: account.id },
    )
    expect(at(data, 'updateAccount.userErrors')).toEqual([
      { code: 'STALE_VERSION', conflicts: [{ field: 'name', base: 'Acme', theirs: 'Acme Ltd', yours: 'Mine' }] },
    ])
  })
})

describe('a permission with a scope', () => {
  it('for one field lets a user read and update that field only in records of the scope, even if the user may read others', async () => {
    const admin = app.as('admin')
    const user = await userWho(app, [
      'account.name:read',
      'account.name:update',
      'account.employeeCount:read@own',
      'account.domains:read@own',
      'account.employeeCount:update@own',
    ])
    const mine = await addAccount(admin, {
      name: 'Mine',
      employeeCount: 7,
      ownerId: encodeId('user', user.actor.id),
    })
    const data = await user.must(
      'query ($mine: ID!, $other: ID!) { mine: account(id: $mine) { name employeeCount } other: account(id: $other) { name employeeCount } }',
      { mine: mine.id, other: account.id },
    )
    expect(data).toEqual({
      mine: { name: 'Mine', employeeCount: 7 },
      other: { name: 'Acme Ltd', employeeCount: null },
    })
    const permission = 'account.employeeCount:read'
    for (const query of [
      '{ accounts(filter: { employeeCount: { gt: 1 } }) { totalCount } }',
      '{ accounts(orderBy: [{ employeeCount: ASC }]) { totalCount } }',
    ])
      expect((await user.query(query)).errors.map(({ extensions }) => extensions)).toEqual([
        { code: 'FORBIDDEN', permission },
      ])
    // A list field is refused where it may not be read: it is not returned as an empty list.
    const lists = await user.query('{ accounts { nodes { domains { domain } } } }')
    expect(lists.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', permission: 'account.domains:read' },
    ])
    const write = (id: string, version: number, input: string) =>
      user.query(
        `mutation ($id: ID!, $version: Int!) { updateAccount(input: { id: $id, version: $version, ${input} }) { account { version } userErrors { code } } }`,
        { id, version },
      )
    expect(errorCodes(await write(account.id, 3, 'employeeCount: 1'))).toEqual(['FORBIDDEN'])
    expect(errorCodes(await write(account.id, 3, 'name: "Both", employeeCount: 1'))).toEqual(['FORBIDDEN'])
    expect(at((await write(mine.id, 1, 'employeeCount: 8')).data, 'updateAccount.account.version')).toBe(2)
    expect(at((await write(account.id, 3, 'name: "Acme"')).data, 'updateAccount.account.version')).toBe(4)
    const seen = await admin.must('query ($id: ID!) { account(id: $id) { name employeeCount } }', { id: account.id })
    expect(seen).toEqual({ account: { name: 'Acme', employeeCount: 5 } })
  })

  it('for every object (*:read@own) hides changes of records outside the scope in the log', async () => {
    const user = await userWho(app, ['*:read@own'])
    expect(at(await user.must('{ changes { totalCount } }'), 'changes.totalCount')).toBe(0)
  })
})
