import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../../src/platform/declare/permission.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, errorCodes, listAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller, type Caller } from '../../support/caller.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { rating } from '../rating/plugin.ts'

let app: TestApp
let caller: Caller
let acme: Made

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: rating }] })
  caller = await addCaller(app)
  acme = await addAccount(app.as('admin'), {
    name: 'Acme',
    ownerId: encodeId('user', app.as('admin').actor.id),
    domains: [{ domain: 'acme.example' }],
  })
  await addAccount(app.as('admin'), { name: 'Own', parentId: acme.id, ownerId: encodeId('user', caller.id) })
  await addAccount(app.as('admin'), { name: 'Free', parentId: acme.id })
})
afterAll(() => app.close())

/** Asks for the accounts as a caller with these permissions only. */
async function askWith(permissions: readonly string[], selection: string) {
  await app.database.ownerPool.query('update roles set permissions = $1 where id = $2', [permissions, caller.roleId])
  const response = await app.withCredential(caller.token).query(`{ accounts { nodes { ${selection} } } }`)
  return { ...response, nodes: response.data === null ? null : listAt(response.data, 'accounts.nodes') }
}

describe('a field of a schema has a permission of its own', () => {
  it.each([
    ['without it', ['account.name:read'], 'account.shoutedName:read'],
    ['without that on what it selects', ['account.shoutedName:read'], 'account.name:read'],
  ])('FORBIDDEN %s', async (_what, permissions, missing) => {
    const { errors } = await askWith(permissions, 'shoutedName')
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN', permission: missing }])
  })

  it('is read with both', async () => {
    const { nodes, errors } = await askWith(['account.shoutedName:read', 'account.name:read'], 'shoutedName')
    expect(errors).toEqual([])
    expect(nodes).toEqual(['ACME', 'OWN', 'FREE'].map((shoutedName) => ({ shoutedName })))
  })

  it.each([
    ['it', ['account.name:read', 'account.shoutedName:read@own']],
    ['what it selects', ['account.shoutedName:read', 'account.name:read@own']],
  ])('is null on the records on which the caller may not read %s', async (_what, permissions) => {
    const { nodes, errors } = await askWith([...permissions, 'account.industry:read'], 'shoutedName')
    expect(errors).toEqual([])
    expect(nodes).toEqual([null, 'OWN', null].map((shoutedName) => ({ shoutedName })))
  })

  it('can be given to a role, and an unknown field is refused', async () => {
    const give = (permission: string) =>
      app
        .as('admin')
        .must(
          'mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { permissions } userErrors { code message } } }',
          { input: { name: `Role for ${permission}`, permissions: [permission] } },
        )
    expect(at(await give('account.shoutedName:read'), 'createRole.role.permissions')).toEqual([
      'account.shoutedName:read',
    ])
    expect(at(await give('account.shoutdName:read'), 'createRole.role')).toBeNull()
  })
})

describe('relations that a field of a schema selects or leads to', () => {
  const fields = ['account.boss:read', 'account.rating:read', 'account.branches:read', 'account.name:read']

  it('need the permission on the field that stores them', async () => {
    for (const selection of ['boss { displayName }', 'rating { points }']) {
      const { errors } = await askWith([...fields, 'user:read', 'user.displayName:read'], selection)
      expect(errors.map(({ extensions }) => extensions)).toEqual([
        { code: 'FORBIDDEN', permission: 'account.owner:read' },
      ])
    }
    const { nodes } = await askWith([...fields, 'account.subsidiaries:read'], 'branches(take: 5) { name }')
    expect(nodes?.map((node) => at(node, 'branches'))).toEqual([[], [], []])
    const readable = await askWith([...fields, 'account.parent:read'], 'branches(take: 5) { name }')
    expect(textsAt(readable.nodes, '0.branches', 'name')).toEqual(['Own', 'Free'])
  })

  it('show no record that the caller may not see', async () => {
    const permissions = [...fields, 'account.owner:read', 'user:read@own']
    const { nodes } = await askWith(permissions, 'boss { displayName } rating { why }')
    expect(nodes?.map((node) => at(node, 'boss.displayName'))).toEqual([undefined, 'Caller', undefined])
    expect(nodes?.map((node) => at(node, 'rating.why.1'))).toEqual([null, 'Caller', null])
    const own = await askWith(['account:read@own', 'user:read'], 'branches(take: 5) { name } rating { why }')
    expect(own.nodes).toEqual([{ branches: [], rating: { why: ['Own', 'Caller'] } }])
  })

  it('leave out records that are deleted', async () => {
    const admin = app.as('admin')
    const gone = await addAccount(admin, { name: 'Gone', parentId: acme.id })
    const ask = async () =>
      textsAt(
        await admin.must(`{ account(id: "${acme.id}") { branches(take: 9) { name } } }`),
        'account.branches',
        'name',
      )
    expect(await ask()).toContain('Gone')
    await admin.must(
      'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { message } } }',
      {
        input: { id: gone.id, version: gone.version },
      },
    )
    expect(await ask()).not.toContain('Gone')
  })
})

it('records that code returns need the permissions on the fields that the client selects of them', async () => {
  const permissions: Permission[] = ['account.rating:read', 'account.name:read', 'account.owner:read']
  const { errors } = await askWith(permissions, 'rating { account { industry } }')
  expect(new Set(errorCodes({ errors }))).toEqual(new Set(['FORBIDDEN']))
})
