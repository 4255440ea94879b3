import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller, type Caller } from '../../support/caller.ts'
import { addAccount } from '../../support/records.ts'
import { testPlugin } from '../guarded-plugin.ts'

/** Columns of an account, with the field of the API that publishes them. */
const COLUMNS = { name: 'name', industry: 'industry', ownerId: 'owner', parentId: 'parent', createdAt: 'createdAt' }
type Column = keyof typeof COLUMNS

/**
 * A plugin with one field that returns what its arguments make it select: columns of the record, and of its parent,
 * owner and children.
 */
const prober = testPlugin('prober', {
  permissions: ['*:*'],
  schema(builder, { Account }) {
    builder.prismaObjectField(Account, 'probe', (t) =>
      t.field({
        type: 'JSON',
        nullable: true,
        description: 'What it has selected.',
        args: { of: t.arg.stringList({ required: true, description: 'Columns.' }) },
        select({ of: given }) {
          // When the schema is composed, it is tried with a sample, which is no column.
          const of = given.filter((name) => name !== 'a')
          const columns = Object.fromEntries(['id', ...of].map((name) => [name.split('.').at(-1), true]))
          const nested = (relation: string) =>
            of.some((name) => name.startsWith(`${relation}.`)) && {
              [relation]: {
                select: Object.fromEntries(
                  ['id', ...of.filter((name) => name.startsWith(`${relation}.`)).map((name) => name.split('.')[1])].map(
                    (name) => [name, true],
                  ),
                ),
              },
            }
          const own = Object.fromEntries(
            Object.keys(columns)
              .filter((name) => name === 'id' || of.includes(name))
              .map((name) => [name, true]),
          )
          return { ...own, ...nested('parent'), ...nested('owner'), ...nested('Account_parent') } as { id: true }
        },
        resolve: (selected) => selected,
      }),
    )
  },
})

let app: TestApp
let caller: Caller
/** What an administrator reads by the API's own fields: name and industry, by the uuid of the record. */
const uuids = new Map<string, Record<string, unknown>>()

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: prober }] })
  caller = await addCaller(app)
  const admin = app.as('admin')
  const [mine, theirs] = [encodeId('user', caller.id), encodeId('user', admin.actor.id)]
  const top = await addAccount(admin, { name: 'top-secret', industry: 'top-industry', ownerId: theirs })
  const middle = await addAccount(admin, { name: 'mine', industry: 'my-industry', ownerId: mine, parentId: top.id })
  await addAccount(admin, { name: 'below', industry: 'low-industry', ownerId: theirs, parentId: middle.id })
  await addAccount(admin, { name: 'my-own', industry: 'own-industry', ownerId: mine, parentId: middle.id })
  const { rows } = await app.database.ownerPool.query<{ id: string }>('select * from accounts')
  for (const row of rows) uuids.set(row.id, row)
})
afterAll(() => app.close())

const setPermissions = (permissions: readonly string[]) =>
  app.database.ownerPool.query('update roles set permissions = $1 where id = $2', [permissions, caller.roleId])

/**
 * What a role with these permissions reads by the API's own fields, as `<record> <field>`. Each field is read
 * with all permissions, and with those that cover it only: the API refuses a non-null field when the caller sees other
 * records too.
 */
async function readable(permissions: readonly string[]): Promise<Set<string>> {
  const client = app.withCredential(caller.token)
  const found = new Set<string>()
  const selections = {
    name: 'name',
    industry: 'industry',
    createdAt: 'createdAt',
    owner: 'owner { id }',
    parent: 'parent { id }',
    displayName: 'owner { id displayName }',
  }
  for (const [field, selection] of Object.entries(selections)) {
    const covering = field === 'displayName' ? 'owner' : field
    const covers = (each: string) => /^(user|account:)/.test(each) || each.startsWith(`account.${covering}:`)
    for (const granted of [permissions, permissions.filter(covers)]) {
      await setPermissions(granted)
      const { data } = await client.query(`{ accounts { nodes { id ${selection} } } }`)
      for (const node of data === null ? [] : listAt(data, 'accounts.nodes')) {
        const value = at(node, field === 'displayName' ? 'owner.displayName' : field)
        if (value !== null && value !== undefined) found.add(`${String(at(node, 'id'))} ${field}`)
      }
    }
  }
  return found
}

const FIELDS = ['name', 'industry', 'owner', 'parent', 'createdAt', 'probe']
const permission = fc.oneof(
  fc.constantFrom('account:read', 'account:read@own', 'user:read', 'user.displayName:read', 'account.probe:read'),
  fc
    .tuple(fc.constantFrom(...FIELDS), fc.constantFrom('', '@own'))
    .map(([field, scope]) => `account.${field}:read${scope}`),
)
const COLUMN_NAMES = Object.keys(COLUMNS) as Column[]
const selected = fc.constantFrom(
  ...COLUMN_NAMES,
  ...COLUMN_NAMES.map((name) => `parent.${name}`),
  ...COLUMN_NAMES.map((name) => `Account_parent.${name}`),
  'owner.displayName',
)

/** Adds what a value of `probe` tells, as `<record> <field>`. */
function told(value: unknown, into: Set<string>, holder: string | null = null): void {
  if (Array.isArray(value)) for (const element of value) told(element, into, holder)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return
  const uuid = String(at(value, 'id'))
  const isAccount = uuids.has(uuid)
  const id = encodeId('account', uuid)
  for (const [name, part] of Object.entries(value)) {
    if (part === null) continue
    const column = COLUMN_NAMES.find((known) => known === name)
    if (isAccount && column) into.add(`${id} ${COLUMNS[column]}`)
    if (name === 'displayName' && holder) into.add(`${holder} displayName`)
    if (name === 'parent') into.add(`${id} parent`)
    if (name === 'owner') into.add(`${id} owner`)
    if (name === 'Account_parent' && Array.isArray(part))
      for (const child of part) into.add(`${encodeId('account', String(at(child, 'id')))} parent`)
    told(part, into, isAccount ? id : holder)
  }
}

it('what a field selects tells nothing that the same role can not read by the fields of the API', {
  timeout: 240_000,
}, async () => {
  let values = 0
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(permission, { minLength: 1, maxLength: 6 }),
      fc.uniqueArray(selected, { minLength: 1, maxLength: 5 }),
      async (permissions, of) => {
        await setPermissions(['account.probe:read', ...permissions])
        const { data } = await app
          .withCredential(caller.token)
          .query('query ($of: [String!]!) { accounts { nodes { probe(of: $of) } } }', { of })
        if (data === null) return
        const tells = new Set<string>()
        for (const node of listAt(data, 'accounts.nodes')) told(at(node, 'probe'), tells)
        values += tells.size
        const allowed = tells.size > 0 ? await readable(['account.probe:read', ...permissions]) : new Set()
        expect([...tells].filter((what) => !allowed.has(what))).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
  expect(values).toBeGreaterThan(0)
})
