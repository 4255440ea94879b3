import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../src/platform/declare/record-id.ts'
import { defineRule } from '../../src/platform/declare/rules/rule.ts'
import { createApiKey } from '../../src/platform/identity/api-keys.ts'
import { MAX_REFUSALS } from '../../src/platform/log/refusals.ts'
import { errorCodes } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'
import { userWho } from '../permissions/people.ts'
import { testPlugin } from '../plugins/guarded-plugin.ts'
import { uuidOf } from '../plugins/ledger/plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, type Made } from '../support/records.ts'
import { tableHashes } from '../support/table-hashes.ts'

/** Creates a task for a new account named Meddled. Its manifest lacks the permission for that. */
const meddler = testPlugin('meddler', {
  permissions: ['account:read'],
  rules: [
    defineRule<'Account'>({
      name: 'meddler.notes',
      description: 'Makes a task of every new account called Meddled.',
      object: 'Account',
      on: ['create'],
      async after({ values }, { records }) {
        if (values.name === 'Meddled') await records.create('Task', { title: 'Look' })
      },
    }),
  ],
})

let app: TestApp
let minutes = 0

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: meddler }], now: () => new Date(Date.now() + minutes * 60_000) })
})
afterAll(() => app.close())

interface Entry {
  readonly operation: string
  readonly type: string
  readonly record_id: string
  readonly actor_id: string
  readonly version: number
  readonly mutation: string
  readonly permission: string | null
  readonly plugin: string | null
  readonly changes: unknown
}

async function lastEntries(count: number): Promise<Entry[]> {
  const { rows } = await app.database.ownerPool.query<Entry>('select * from audit_entries order by xid desc limit $1', [
    count,
  ])
  return rows
}

/** Sends a mutation that must be refused, asserts that it only adds one audit entry, and returns that entry. */
async function refusal(
  client: TestClient<unknown>,
  mutation: string,
  variables: unknown = {},
  headers = {},
): Promise<Entry> {
  const { ownerPool } = app.database
  const { audit_entries: before, ...others } = await tableHashes(ownerPool)
  const answer = await client.query(mutation, variables, headers)
  expect(errorCodes(answer)).toEqual(['FORBIDDEN'])
  expect(answer.data).toBeNull()
  const { audit_entries: after, ...same } = await tableHashes(ownerPool)
  expect(same).toEqual(others)
  expect(after).not.toBe(before)
  const [entry] = await lastEntries(1)
  if (!entry) throw new Error('There is no entry.')
  const rest = await ownerPool.query<{ hash: string }>(
    `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash from audit_entries t
     where xid <> (select max(xid) from audit_entries)`,
  )
  expect(rest.rows[0]?.hash).toBe(before)
  expect(entry).toMatchObject({ operation: 'REFUSED', version: 0, changes: {} })
  return entry
}

const CREATE =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id name } userErrors { code } } }'
const UPDATE =
  'mutation ($input: UpdateAccountInput!) { mine: updateAccount(input: $input) { account { id } userErrors { code } } }'

describe('a refused mutation changes nothing but the audit, which gets one entry', () => {
  it('about the caller when the permission is missing and the input names no record', async () => {
    const reader = app.as('reader')
    expect(await refusal(reader, CREATE, { input: { name: 'No' } })).toMatchObject({
      type: 'User',
      record_id: reader.actor.id,
      actor_id: reader.actor.id,
      mutation: 'createAccount',
      permission: 'account:create',
      plugin: null,
    })
  })

  it('about the record of the input when the permission is missing, whether the record exists or not', async () => {
    const made = await addAccount(app.as('member'), { name: 'Named' })
    const update = (id: string) => refusal(app.as('reader'), UPDATE, { input: { id, version: 1, name: 'No' } })
    expect(await update(made.id)).toMatchObject({ type: 'Account', record_id: uuidOf(made), mutation: 'updateAccount' })
    expect(await update('account_00000000000000000000000000')).toMatchObject({ type: 'Account' })
    expect(await update('nonsense')).toMatchObject({ type: 'User', record_id: app.as('reader').actor.id })
  })

  it('about the record when the permission does not cover that record, also with an Idempotency-Key', async () => {
    const made = await addAccount(app.as('member'), { name: 'Out of reach' })
    const ownerPool = await userWho(app, ['account:read', 'account:update@own'])
    const entry = await refusal(
      ownerPool,
      UPDATE,
      { input: { id: made.id, version: 1, name: 'No' } },
      { 'idempotency-key': 'k1' },
    )
    expect(entry).toMatchObject({ type: 'Account', record_id: uuidOf(made), permission: 'account:update' })
  })

  it('with the missing permission when a field of the input may not be written, or one of the payload may not be read', async () => {
    const narrow = await userWho(app, ['account.name:read', 'account.name:create'])
    expect(await refusal(narrow, CREATE, { input: { name: 'Field', industry: 'Retail' } })).toMatchObject({
      mutation: 'createAccount',
      permission: 'account.industry:create',
    })
    const blind = await userWho(app, ['account:create', 'account.industry:read'])
    expect(await refusal(blind, CREATE, { input: { name: 'Payload' } })).toMatchObject({
      permission: 'account.name:read',
    })
  })

  it('with the plugin and the missing permission when a plugin’s rule lacks the permission', async () => {
    expect(await refusal(app.as('member'), CREATE, { input: { name: 'Meddled' } })).toMatchObject({
      permission: 'task:create',
      plugin: 'meddler',
    })
  })

  it('about the caller when the mutation is an operation, such as enablePlugin, whose input names no record', async () => {
    const enable = 'mutation { enablePlugin(input: { pluginId: "meddler" }) { userErrors { code } } }'
    expect(await refusal(app.as('member'), enable)).toMatchObject({ type: 'User', mutation: 'enablePlugin' })
  })

  it('about the record that another field of the input than id names, but not about a new owner or recipient', async () => {
    const made = await addAccount(app.as('member'), { name: 'Shared' })
    const reader = app.as('reader')
    const userId = encodeId('user', app.as('member').actor.id)
    const grant =
      'mutation ($input: CreateRecordGrantInput!) { createRecordGrant(input: $input) { userErrors { code } } }'
    const refused = await refusal(reader, grant, { input: { userId, recordId: made.id } })
    expect(refused).toMatchObject({ type: 'Account', record_id: uuidOf(made), mutation: 'createRecordGrant' })
    const task = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { userErrors { code } } }'
    const owned = { title: 'No', assigneeId: userId }
    expect(await refusal(reader, task, { input: owned })).toMatchObject({ type: 'User', record_id: reader.actor.id })
    const reset = 'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }'
    expect(await refusal(reader, reset, { input: { userId } })).toMatchObject({
      type: 'User',
      record_id: app.as('member').actor.id,
    })
  })

  it('about the API key when an API key sends the mutation and the input names no record', async () => {
    const { workspaceId } = app.as('admin').actor
    const { actorId, secret } = await createApiKey(app.database.ownerPool, {
      workspaceId,
      name: 'Integration',
      roleName: 'read-only',
    })
    const entry = await refusal(app.withCredential(secret), CREATE, { input: { name: 'No' } })
    expect(entry).toMatchObject({ type: 'ApiKey', record_id: actorId, actor_id: actorId })
  })
})

describe('refusals of mutations', () => {
  it('are audited also when their document contains a mutation that is allowed', async () => {
    const some = await userWho(app, ['account:read', 'account:create', 'contact:read'])
    const contact: Made = await addContact(app.as('member'), { lastName: 'Beside' })
    const answer = await some.query(
      `mutation ($id: ID!) {
        one: deleteContact(input: { id: $id, version: 1 }) { userErrors { code } }
        two: createAccount(input: { name: "Done" }) { account { name } }
        three: deleteContact(input: { id: $id, version: 1 }) { userErrors { code } }
      }`,
      { id: contact.id },
    )
    expect(errorCodes(answer)).toContain('FORBIDDEN')
    const told = (await lastEntries(3)).map(({ operation, mutation }) => `${operation} ${mutation}`)
    expect(told.filter((each) => each === 'REFUSED deleteContact').length).toBeGreaterThan(0)
  })

  it('beyond a limit in a minute are only counted, and the next refusal’s audit entry contains the count', async () => {
    const eager = await userWho(app, ['account:read'])
    const count = async () => {
      const { rows } = await app.database.ownerPool.query<{ count: number }>(
        'select count(*)::int as count from audit_entries where actor_id = $1',
        [eager.actor.id],
      )
      return rows[0]?.count
    }
    for (let index = 0; index < MAX_REFUSALS + 7; index++) await eager.query(CREATE, { input: { name: 'No' } })
    expect(await count()).toBe(MAX_REFUSALS)
    minutes = 2
    await eager.query(CREATE, { input: { name: 'No' } })
    expect(await count()).toBe(MAX_REFUSALS + 1)
    expect(await lastEntries(1)).toMatchObject([{ changes: { refusals: { from: null, to: 7 } } }])
    minutes = 4
    expect(await refusal(eager, CREATE, { input: { name: 'No' } })).toMatchObject({ changes: {} })
  })

  it('give the error INTERNAL when the audit entry cannot be written', async () => {
    const { ownerPool } = app.database
    await ownerPool.query('revoke insert on audit_entries from rapport_app')
    try {
      const answer = await app.as('reader').query(CREATE, { input: { name: 'No' } })
      expect(errorCodes(answer)).toEqual(['INTERNAL'])
    } finally {
      await ownerPool.query('grant insert on audit_entries to rapport_app')
    }
  })
})
