import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller, type Caller } from '../../support/caller.ts'
import { addAccount } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { composer, one } from './compose-plugins.ts'
import { grade } from './schema-field-makers.ts'

const loaded: (readonly string[])[] = []

/** Fields of users over the accounts that they own. */
const portfolio = testPlugin('portfolio', {
  permissions: ['account:read', 'user:read'],
  schema(builder, { Account, User }) {
    const accounts = { Account_owner: { select: { name: true } } } as const
    builder.prismaObjectFields(User, (t) => ({
      ownedNames: t.stringList({
        description: 'Names of the accounts.',
        select: accounts,
        resolve: ({ Account_owner }) => Account_owner.map(({ name }) => name),
      }),
      ownedCount: t.relationCount('Account_owner', { description: 'Number of accounts.' }),
      owned: t.relation('Account_owner', { type: Account, description: 'The accounts.' }),
      permittedNames: t.stringList({
        description: 'Names of the accounts; null for callers who may read none.',
        permission: 'account:read',
        select: accounts,
        resolve: ({ Account_owner }) => Account_owner.map(({ name }) => name),
      }),
      permitted: t.relation('Account_owner', {
        type: Account,
        description: 'The accounts; null for callers who may read none.',
        permission: 'account:read',
      }),
      permittedOutside: t.loadable({
        type: 'String',
        nullable: true,
        description: 'What is known of the accounts elsewhere; null for callers who may read none.',
        permission: 'account:read',
        select: accounts,
        load: async (keys: string[]) => {
          loaded.push(keys)
          return keys.map((key) => key.toUpperCase())
        },
        resolve: ({ Account_owner }) => Account_owner[0]?.name ?? 'none',
      }),
    }))
  },
})

let app: TestApp
let caller: Caller
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: portfolio }] })
  caller = await addCaller(app)
  const idOf = (id: string) => encodeId('user', id)
  await addAccount(app.as('admin'), { name: 'Hidden', ownerId: idOf(app.as('admin').actor.id) })
  await addAccount(app.as('admin'), { name: 'Own', ownerId: idOf(caller.id) })
})
afterAll(() => app.close())

/** Reads fields of three users, as a caller with these permissions: of the caller, of the admin, and of one without accounts. */
async function ask(permissions: readonly string[], selection: string) {
  await app.database.ownerPool.query('update roles set permissions = $1 where id = $2', [permissions, caller.roleId])
  const { data, errors } = await app
    .withCredential(caller.token)
    .query(`{ users { nodes { displayName ${selection} } } }`)
  const nodes = data === null ? [] : listAt(data, 'users.nodes')
  const of = (name: string) => nodes.find((node) => at(node, 'displayName') === name)
  return { errors, own: of('Caller'), admin: of('admin'), nobody: of('Reader') }
}

const LISTS = 'ownedNames ownedCount owned { id }'
const PERMITTED = 'permittedNames permitted { name } permittedOutside'

describe('a list of related records that are hidden from the caller', () => {
  it.each([
    ['who may read no such record', ['user:read']],
    ['who may read others', ['user:read', 'account:read@own']],
  ])('looks like a list of none, to a caller %s', async (_who, permissions) => {
    const { errors, admin, nobody } = await ask(permissions, LISTS)
    expect(errors).toEqual([])
    expect(admin).toEqual({ displayName: 'admin', ownedNames: [], ownedCount: 0, owned: [] })
    expect(nobody).toEqual({ ...Object(admin), displayName: 'Reader' })
  })

  it('is FORBIDDEN by `t.relation` where the client selects a field that the caller may read on no record', async () => {
    const { errors } = await ask(['user:read'], 'owned { name }')
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN', permission: 'account.name:read' }])
  })
})

describe('a field of an object with `permission`', () => {
  it('is null for a caller without it, and its code does not run', async () => {
    const { errors, own, admin, nobody } = await ask(
      ['user:read', 'account.name:read'],
      'permittedNames permitted { id } permittedOutside',
    )
    expect(errors).toEqual([])
    for (const user of [own, admin, nobody])
      expect(user).toMatchObject({ permittedNames: null, permitted: null, permittedOutside: null })
    expect(loaded).toEqual([])
  })

  it('has what the caller may see for one whose permission has a scope: none looks like hidden', async () => {
    const { errors, own, admin, nobody } = await ask(['user:read', 'account:read@own'], PERMITTED)
    expect(errors).toEqual([])
    expect(own).toMatchObject({ permittedNames: ['Own'], permitted: [{ name: 'Own' }], permittedOutside: 'OWN' })
    for (const user of [admin, nobody])
      expect(user).toMatchObject({ permittedNames: [], permitted: [], permittedOutside: 'NONE' })
  })

  it('is refused for a permission that does not exist, and on a type that is no object', async () => {
    const compose = await composer()
    expect(() => compose(one({ schema: grade({ select: { id: true }, permission: 'acount:read' }) }))).toThrow(
      /^one: Account\.grade needs the permission acount:read\./,
    )
    expect(() =>
      compose(
        one({
          schema(builder) {
            builder.objectRef<{ a: number }>('OneThing').implement({
              description: 'A thing.',
              fields: (t) => ({ a: t.exposeInt('a', { description: 'A.', permission: 'account:read' }) }),
            })
          },
        }),
      ),
    ).toThrow(/^one: OneThing\.a has a `permission`, but OneThing is no object of the API\. Ask `can`/)
  })
})
