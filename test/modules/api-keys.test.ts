import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import {
  addRole,
  documentOf,
  done,
  expectForbidden,
  expectRefused,
  type Input,
  refusalsOf,
  roleId,
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

const KEY = 'apiKey { id version displayName scopes keyHint expiresAt isActive roles { nodes { name } } } secret'

interface Key {
  readonly id: string
  readonly secret: string
}

async function addKey(input: Input): Promise<Key> {
  const made = await done(
    app.as('admin'),
    'createApiKey',
    { displayName: 'Shop', roles: [{ roleId: memberRole }], ...input },
    KEY,
  )
  return { id: textAt(made, 'apiKey.id'), secret: textAt(made, 'secret') }
}

describe('API keys', () => {
  it('are created with a secret that works immediately within the scopes of the API key, and is not stored as plain text', async () => {
    const input = {
      displayName: 'Shop',
      roles: [{ roleId: memberRole }],
      scopes: ['account:read', 'contact:*'],
      expiresAt: '2099-01-01T00:00:00Z',
    }
    const made = await done(app.as('admin'), 'createApiKey', input, KEY)
    const secret = textAt(made, 'secret')
    expect(at(made, 'apiKey')).toMatchObject({
      version: 1,
      displayName: 'Shop',
      scopes: ['account:read', 'contact:*'],
      keyHint: secret.slice(-4),
      expiresAt: '2099-01-01T00:00:00.000Z',
      isActive: true,
      roles: { nodes: [{ name: 'member' }] },
    })
    const key = app.withCredential(secret)
    expect((await key.query('{ accounts { totalCount } }')).errors).toEqual([])
    expect(errorCodes(await key.query('{ tasks { totalCount } }'))).toEqual(['FORBIDDEN'])
    expect(at(await key.must('{ viewer { permissions actor { __typename } } }'), 'viewer')).toEqual({
      permissions: ['account:read', 'contact:create', 'contact:delete', 'contact:read', 'contact:update'],
      actor: { __typename: 'ApiKey' },
    })
    const { rows } = await app.database.ownerPool.query('select 1 from actors where key_hash = $1', [secret])
    expect(rows).toEqual([])
    const seen = await app
      .as('admin')
      .must(
        '{ apiKeys(filter: { displayName: { equals: "Shop" } }) { nodes { keyHint history { nodes { operation } } } } }',
      )
    expect(at(seen, 'apiKeys.nodes')).toEqual([
      { keyHint: secret.slice(-4), history: { nodes: [{ operation: 'CREATED' }] } },
    ])
  })

  it('have all permissions of their roles when no scopes are given', async () => {
    const { id, secret } = await addKey({})
    expect(errorCodes(await app.withCredential(secret).query('{ tasks { totalCount } }'))).toEqual([])
    const seen = await app.as('admin').must('query ($id: ID!) { apiKey(id: $id) { scopes } }', { id })
    expect(at(seen, 'apiKey.scopes')).toEqual(['*:*'])
  })

  it('return their secret only in the first response when createApiKey is repeated with one Idempotency-Key, and the secret is in no table', async () => {
    const document = documentOf('createApiKey', 'key: apiKey { id } secret again: secret')
    const input = { displayName: 'Twice', roles: [{ roleId: memberRole }] }
    const headers = { 'idempotency-key': 'twice' }
    const first = await app.as('admin').must(document, { input }, headers)
    const secret = textAt(first, 'createApiKey.secret')
    expect(textAt(first, 'createApiKey.again')).toBe(secret)
    const second = await app.as('admin').query(document, { input }, headers)
    expect(errorCodes(second)).toEqual(['SECRET_TOLD_ONCE', 'SECRET_TOLD_ONCE'])
    expect(at(second.data, 'createApiKey')).toEqual({
      key: at(first, 'createApiKey.key'),
      secret: null,
      again: null,
      userErrors: [],
    })
    for (const table of ['idempotency_keys', 'audit_entries', 'changes', 'actors']) {
      const { rowCount } = await app.database.ownerPool.query(
        `select 1 from ${table} t where strpos(t::text, $1) > 0`,
        [secret],
      )
      expect([table, rowCount]).toEqual([table, 0])
    }
    const { rows } = await app.database.ownerPool.query(`select 1 from actors where display_name = 'Twice'`)
    expect(rows).toHaveLength(1)
  })

  it('can be updated and revoked with effect from the next request on, and cannot be updated once they are revoked', async () => {
    const admin = app.as('admin')
    const { id, secret } = await addKey({})
    const key = app.withCredential(secret)
    await done(
      admin,
      'updateApiKey',
      { id, version: 1, displayName: 'Web shop', scopes: ['contact:read'] },
      'apiKey { id }',
    )
    expect(errorCodes(await key.query('{ accounts { totalCount } }'))).toEqual(['FORBIDDEN'])
    await expectRefused(app, admin, 'updateApiKey', { id, version: 1, displayName: 'Late' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, admin, 'revokeApiKey', { id, version: 1 }, ['STALE_VERSION input.version'])
    expect(at(await done(admin, 'revokeApiKey', { id, version: 2 }, 'apiKey { isActive }'), 'apiKey.isActive')).toBe(
      false,
    )
    expect((await key.query('{ contacts { totalCount } }')).status).toBe(401)
    await expectRefused(app, admin, 'revokeApiKey', { id, version: 3 }, ['RULE_VIOLATION input.id'])
    await expectRefused(app, admin, 'updateApiKey', { id, version: 3, displayName: 'Again' }, [
      'RULE_VIOLATION input.id',
    ])
    const seen = await admin.must(
      'query ($id: ID!) { apiKey(id: $id) { history { nodes { changes { field to } } } } }',
      { id },
    )
    expect(at(listAt(seen, 'apiKey.history.nodes')[0], 'changes')).toEqual([{ field: 'isActive', to: false }])
  })

  it('are not created or updated with invalid input, nor changed by a user of another workspace', async () => {
    const admin = app.as('admin')
    const of = (input: object) => ({ displayName: 'W', roles: [{ roleId: memberRole }], ...input })
    const foreign = await roleId(app, 'member', 'globex')
    const { id } = await addKey({ displayName: 'Right' })
    await expectRefused(app, admin, 'createApiKey', of({ displayName: '' }), ['INVALID input.displayName'])
    await expectRefused(app, admin, 'createApiKey', of({ scopes: ['acount:read'] }), ['INVALID input.scopes.0'])
    await expectRefused(app, admin, 'createApiKey', of({ scopes: [] }), ['INVALID input.scopes'])
    await expectRefused(app, admin, 'createApiKey', of({ expiresAt: '2020-01-01T00:00:00Z' }), [
      'INVALID input.expiresAt',
    ])
    await expectRefused(app, admin, 'createApiKey', of({ roles: [{ roleId: foreign }] }), [
      'NOT_FOUND input.roles.0.roleId',
    ])
    await expectRefused(app, admin, 'updateApiKey', { id, version: 1, expiresAt: '2020-01-01T00:00:00Z' }, [
      'INVALID input.expiresAt',
    ])
    const other = textAt(
      await done(
        app.as('admin', 'globex'),
        'createApiKey',
        { displayName: 'F', roles: [{ roleId: foreign }] },
        'apiKey { id }',
      ),
      'apiKey.id',
    )
    for (const mutation of ['updateApiKey', 'revokeApiKey'])
      await expectRefused(app, admin, mutation, { id: other, version: 1 }, ['NOT_FOUND input.id'])
  })

  it('can be neither read nor changed by members and readers', async () => {
    const { id } = await addKey({})
    for (const role of ['member', 'reader'] as const) {
      const client = app.as(role)
      await expectForbidden(app, client, 'createApiKey', { displayName: 'No', roles: [{ roleId: memberRole }] })
      await expectForbidden(app, client, 'updateApiKey', { id, version: 1, scopes: ['*:*'] })
      await expectForbidden(app, client, 'revokeApiKey', { id, version: 1 })
      expect(errorCodes(await client.query('{ apiKeys { totalCount } }'))).toEqual(['FORBIDDEN'])
      const seen = await client.query('query ($id: ID!) { node(id: $id) { ... on ApiKey { scopes keyHint } } }', { id })
      expect(at(seen.data, 'node.scopes')).toBeUndefined()
    }
  })

  it('show their name, but not their scopes, to a caller who may only read a record that the API key created', async () => {
    const { secret } = await addKey({ displayName: 'Robot' })
    const account = 'mutation { createAccount(input: { name: "By robot" }) { account { id } } }'
    const id = textAt(await app.withCredential(secret).must(account), 'createAccount.account.id')
    const by = (selection: string) => `query ($id: ID!) { account(id: $id) { createdBy { ${selection} } } }`
    expect(at(await app.as('reader').must(by('__typename displayName'), { id }), 'account.createdBy')).toEqual({
      __typename: 'ApiKey',
      displayName: 'Robot',
    })
    const hidden = await app.as('reader').query(by('... on ApiKey { scopes }'), { id })
    expect(errorCodes(hidden)).toEqual(['FORBIDDEN'])
  })
})

describe('an actor who may write API keys', () => {
  it('cannot create an API key with a role or scope that grants more than the actor has', async () => {
    const deputy = await userWho(app, ['apiKey:*', 'role:read', 'account:*'])
    const weak = await addRole(app, { name: 'Weak', permissions: ['account:update'] })
    const create = (role: string, scopes?: readonly string[]) =>
      refusalsOf(deputy, 'createApiKey', { displayName: 'K', roles: [{ roleId: role }], ...(scopes ? { scopes } : {}) })
    expect(await create(adminRole)).toEqual(['RULE_VIOLATION input.roles.0.roleId', 'RULE_VIOLATION input.scopes.0'])
    expect(await create(adminRole, ['account:read'])).toEqual(['RULE_VIOLATION input.roles.0.roleId'])
    expect(await create(weak.id, ['contact:read'])).toEqual(['RULE_VIOLATION input.scopes.0'])
    expect(await create(weak.id)).toEqual([])
    expect(await create(weak.id, ['account:read'])).toEqual([])
  })

  it('cannot postpone the expiry of an API key that has more permissions than the actor, but can bring it forward', async () => {
    const deputy = await userWho(app, ['apiKey:*', 'role:read', 'contact:read'])
    const [soon, later, latest] = [1, 2, 3].map((days) => new Date(Date.now() + days * 86_400_000).toISOString())
    const { id } = await addKey({ roles: [{ roleId: adminRole }], expiresAt: later })
    for (const expiresAt of [null, latest])
      await expectRefused(app, deputy, 'updateApiKey', { id, version: 1, expiresAt }, [
        'RULE_VIOLATION input.expiresAt',
      ])
    expect(await refusalsOf(deputy, 'updateApiKey', { id, version: 1, expiresAt: soon })).toEqual([])
    const weak = await addKey({ roles: [{ roleId: adminRole }], scopes: ['contact:read'], expiresAt: later })
    expect(await refusalsOf(deputy, 'updateApiKey', { id: weak.id, version: 1, expiresAt: null })).toEqual([])
  })

  it('that is an API key cannot add scopes to itself that it does not have', async () => {
    const { id, secret } = await addKey({ roles: [{ roleId: adminRole }], scopes: ['apiKey:*', 'account:read'] })
    const itself = app.withCredential(secret)
    for (const scope of ['*:*', 'contact:read'])
      await expectRefused(app, itself, 'updateApiKey', { id, version: 1, scopes: ['apiKey:*', scope] }, [
        'RULE_VIOLATION input.scopes.1',
      ])
    expect(await refusalsOf(itself, 'updateApiKey', { id, version: 1, scopes: ['apiKey:*'] })).toEqual([])
  })
})
