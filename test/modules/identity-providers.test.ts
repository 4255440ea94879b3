import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRole, done, expectForbidden, expectRefused, type Input, messagesOf, roleId } from './administration.ts'

let app: TestApp
let memberRole: string

beforeAll(async () => {
  app = await createTestApp({ signIn: { trustedIssuers: ['https://id.acme.example', 'https://login.example/*/v2.0'] } })
  memberRole = await roleId(app, 'member')
})
afterAll(() => app.close())

const PROVIDER = `identityProvider {
  id version name issuer audiences algorithms emailClaim rolesClaim createsUsers isActive
  defaultRole { name } roles { group role { name } }
}`

const acme = (input: Input = {}): Input => ({
  name: 'Acme',
  issuer: 'https://id.acme.example',
  audiences: ['crm'],
  ...input,
})

async function addProvider(input: Input, workspace: 'acme' | 'globex' = 'acme'): Promise<string> {
  return textAt(
    await done(app.as('admin', workspace), 'createIdentityProvider', acme(input), 'identityProvider { id }'),
    'identityProvider.id',
  )
}

describe('identity providers', () => {
  it('can be created, updated, deleted and restored by an administrator, with the roles that they give to groups', async () => {
    const admin = app.as('admin')
    const input = acme({
      name: 'All of it',
      rolesClaim: 'groups',
      createsUsers: true,
      defaultRoleId: memberRole,
      roles: [{ group: 'crm-sales', roleId: memberRole }],
    })
    const made = await done(admin, 'createIdentityProvider', input, PROVIDER)
    const id = textAt(made, 'identityProvider.id')
    expect(at(made, 'identityProvider')).toEqual({
      id,
      version: 1,
      name: 'All of it',
      issuer: 'https://id.acme.example',
      audiences: ['crm'],
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      emailClaim: 'email',
      rolesClaim: 'groups',
      createsUsers: true,
      isActive: true,
      defaultRole: { name: 'member' },
      roles: [{ group: 'crm-sales', role: { name: 'member' } }],
    })
    const changes = {
      id,
      version: 1,
      issuer: 'https://login.example/tenant/v2.0',
      algorithms: ['ES256'],
      isActive: false,
      roles: [],
    }
    const changed = await done(admin, 'updateIdentityProvider', changes, PROVIDER)
    expect(at(changed, 'identityProvider')).toMatchObject({
      version: 2,
      algorithms: ['ES256'],
      isActive: false,
      roles: [],
    })
    await done(admin, 'deleteIdentityProvider', { id, version: 2 }, 'identityProvider { id }')
    expect(at(await admin.must('{ identityProviders { totalCount } }'), 'identityProviders.totalCount')).toBe(0)
    await done(admin, 'restoreIdentityProvider', { id, version: 3 }, 'identityProvider { id }')
    const seen = await admin.must(
      'query ($id: ID!) { identityProvider(id: $id) { history { nodes { operation } } } }',
      { id },
    )
    expect(textsAt(seen, 'identityProvider.history.nodes', 'operation')).toEqual([
      'RESTORED',
      'DELETED',
      'UPDATED',
      'CREATED',
    ])
  })

  it('are not created with invalid input, nor changed with a stale version or by a user of another workspace', async () => {
    const admin = app.as('admin')
    const foreign = await roleId(app, 'member', 'globex')
    const wrong: readonly [Input, string][] = [
      [{ issuer: 'https://evil.example' }, 'INVALID input.issuer'],
      [{ issuer: 'http://id.acme.example' }, 'INVALID input.issuer'],
      [{ issuer: 'nonsense' }, 'INVALID input.issuer'],
      [{ audiences: [] }, 'INVALID input.audiences'],
      [{ audiences: [''] }, 'INVALID input.audiences.0'],
      [{ algorithms: [] }, 'INVALID input.algorithms'],
      [{ algorithms: ['HS256'] }, 'INVALID input.algorithms.0'],
      [{ algorithms: ['RS256', 'none'] }, 'INVALID input.algorithms.1'],
      [{ roles: [{ group: 'g', roleId: memberRole }] }, 'INVALID input.rolesClaim'],
      [{ defaultRoleId: foreign }, 'NOT_FOUND input.defaultRoleId'],
      [{ rolesClaim: 'groups', roles: [{ group: 'g', roleId: foreign }] }, 'NOT_FOUND input.roles.0.roleId'],
    ]
    for (const [input, reason] of wrong)
      await expectRefused(app, admin, 'createIdentityProvider', acme({ name: 'Wrong', ...input }), [reason])
    const id = await addProvider({ name: 'Right' })
    await expectRefused(app, admin, 'createIdentityProvider', acme({ name: 'Right' }), ['DUPLICATE input.name'])
    for (const [input, reason] of wrong.slice(0, 9))
      await expectRefused(app, admin, 'updateIdentityProvider', { id, version: 1, ...input }, [reason])
    await expectRefused(app, admin, 'updateIdentityProvider', { id, version: 4, name: 'New' }, [
      'STALE_VERSION input.version',
    ])
    await expectRefused(app, admin, 'deleteIdentityProvider', { id, version: 4 }, ['STALE_VERSION input.version'])
    const other = await addProvider({ name: 'Foreign' }, 'globex')
    for (const mutation of ['updateIdentityProvider', 'deleteIdentityProvider', 'restoreIdentityProvider'])
      await expectRefused(app, admin, mutation, { id: other, version: 1 }, ['NOT_FOUND input.id'])
  })

  it('are not created with two entries for one group', async () => {
    const roles = [memberRole, memberRole].map((each) => ({ group: 'twice', roleId: each }))
    const input = acme({ name: 'Twice', rolesClaim: 'groups', roles })
    const [message] = await messagesOf(app.as('admin'), 'createIdentityProvider', input)
    expect(message).toContain('same')
  })

  it('can be neither read nor changed by members and readers', async () => {
    const id = await addProvider({ name: 'Guarded' })
    for (const role of ['member', 'reader'] as const) {
      const client = app.as(role)
      await expectForbidden(app, client, 'createIdentityProvider', acme())
      await expectForbidden(app, client, 'updateIdentityProvider', { id, version: 1, emailClaim: 'nickname' })
      await expectForbidden(app, client, 'deleteIdentityProvider', { id, version: 1 })
      await expectForbidden(app, client, 'restoreIdentityProvider', { id })
      expect(errorCodes(await client.query('{ identityProviders { totalCount } }'))).toEqual(['FORBIDDEN'])
      expect(at(await client.must('query ($id: ID!) { node(id: $id) { id } }', { id }), 'node')).toBeNull()
    }
  })

  it('can be created and updated only by a user with all permissions, because an identity provider can sign in any user', async () => {
    const id = await addProvider({ name: 'Held' })
    const deputy = await userWho(app, ['identityProvider:*', 'role:*', '*:read', '*:update'])
    await expectRefused(app, deputy, 'createIdentityProvider', acme({ name: 'Mine' }), ['RULE_VIOLATION input'])
    await expectRefused(app, deputy, 'updateIdentityProvider', { id, version: 1, emailClaim: 'nickname' }, [
      'RULE_VIOLATION input.id',
    ])
    await done(deputy, 'deleteIdentityProvider', { id, version: 1 }, 'identityProvider { id }')
  })

  it('prevent the deletion of the role that they give: deleteRole refuses, and counts the identity providers', async () => {
    const used = await addRole(app, { name: 'Mapped', permissions: [] })
    await addProvider({ name: 'Using', defaultRoleId: used.id })
    expect(await messagesOf(app.as('admin'), 'deleteRole', { id: used.id })).toEqual([
      'The role is in use: 1 identity provider. Remove the role from them first.',
    ])
  })
})
