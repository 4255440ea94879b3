import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { condition } from '../../../src/platform/declare/objects/fields.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { textsAt } from '../../../src/testing/answers.ts'
import { type Person, teamOf, userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { testPlugin } from '../guarded-plugin.ts'
import { LEASES, leasesPlugin, runLeases } from '../leases/plugin.ts'

const PEOPLE = ['caller', 'mate', 'seller', 'stranger'] as const
type PersonName = (typeof PEOPLE)[number]

let app: TestApp
let people: Record<PersonName, Person>

/** Permissions of the caller: any set of these. */
const GRANTS = [
  'lease:read',
  'lease:read@own',
  'lease:read@team',
  'lease:read@hierarchy',
  'lease:*@shared',
  '*:read@own',
  'lease.number:read@team',
  'account:read',
  'account:read@own',
] as const

/** Hides leases from users, which is stricter than any permission. */
const discreet = testPlugin('discreet', {
  depends: { leases: '^1.0.0' },
  accessRules: [
    {
      name: 'discreet.secret',
      description: 'Nobody sees secret leases.',
      object: 'Lease',
      on: ['read'],
      decide: () => ({ NOT: [{ number: { startsWith: 'secret' } }] }),
    },
  ],
})

/** A condition whose SQL uses the same alias as the statements of the tests. */
const hasTenant = condition({
  description: 'Whether a person of this name lives in the flat.',
  type: 'String',
  where: (lease, name) => sql`exists (select from leases_tenants l where l.workspace_id = ${lease.column('workspaceId')}
    and l.lease_id = ${lease.column('id')} and l.name = ${name}::text)`,
  permission: 'lease:read',
})

beforeAll(async () => {
  app = await createTestApp({
    plugins: [
      { plugin: leasesPlugin({ conditions: { Lease: { hasTenant } } }), directory: LEASES },
      { plugin: discreet },
    ],
  })
  const caller = await userWho(app, ['lease:read'])
  const seller = await userWho(app, ['lease:read'], { above: caller.roleId })
  const mate = await userWho(app, ['lease:read'])
  const stranger = await userWho(app, ['lease:read'])
  people = { caller, seller, mate, stranger }
  await teamOf(app, [caller, mate])
  const { workspaceId, id } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into sharing_rules (workspace_id, id, name, object, filter, access, role_id, created_by_id, updated_by_id)
     values ($1, gen_random_uuid(), 'Shared tenants', 'Lease', '{"hasTenant": "Shared"}', 'READ', $2, $3, $3)`,
    [workspaceId, caller.roleId, id],
  )
})
afterAll(() => app.close())

interface LeaseSpec {
  readonly owner: PersonName | null
  readonly creator: PersonName
  readonly account: PersonName | null
  readonly isSecret: boolean
  readonly isRuled: boolean
  readonly isGranted: boolean
  readonly isDeleted: boolean
}

const leaseSpec: fc.Arbitrary<LeaseSpec> = fc.record({
  owner: fc.option(fc.constantFrom(...PEOPLE)),
  creator: fc.constantFrom(...PEOPLE),
  account: fc.option(fc.constantFrom(...PEOPLE)),
  isSecret: fc.boolean(),
  isRuled: fc.boolean(),
  isGranted: fc.boolean(),
  isDeleted: fc.boolean(),
})

/** A lease that only the sharing rule shows to the caller, by a condition with an alias of the statement. */
const onlyRuled: LeaseSpec = {
  owner: 'stranger',
  creator: 'stranger',
  account: null,
  isSecret: false,
  isRuled: true,
  isGranted: false,
  isDeleted: false,
}

/** Replaces all leases of the workspace. Returns the id of the account of each lease, by the id of the lease. */
async function store(specs: readonly LeaseSpec[]): Promise<Map<string, string>> {
  const accountIds = new Map<string, string>()
  const { ownerPool } = app.database
  const { workspaceId } = app.as('admin').actor
  for (const table of ['leases_leases', 'accounts', 'record_grants']) await ownerPool.query(`delete from ${table}`)
  for (const spec of specs) {
    const [id, accountId, creator] = [randomUUID(), randomUUID(), people[spec.creator].actor.id]
    if (spec.account) accountIds.set(encodeId('lease', id), encodeId('account', accountId))
    if (spec.account)
      await ownerPool.query(
        `insert into accounts (workspace_id, id, name, owner_id, created_by_id, updated_by_id) values ($1, $2, 'A', $3, $4, $4)`,
        [workspaceId, accountId, people[spec.account].actor.id, people.stranger.actor.id],
      )
    await ownerPool.query(
      `insert into leases_leases (workspace_id, id, number, rent, account_id, owner_id, created_by_id, updated_by_id, deleted_at)
       values ($1, $2, $3, 1, $4, $5, $6, $6, $7)`,
      [
        workspaceId,
        id,
        `${spec.isSecret ? 'secret' : 'lease'} ${id}`,
        spec.account && accountId,
        spec.owner && people[spec.owner].actor.id,
        creator,
        spec.isDeleted ? new Date() : null,
      ],
    )
    await ownerPool.query(
      'insert into leases_tenants (workspace_id, id, lease_id, name) values ($1, gen_random_uuid(), $2, $3)',
      [workspaceId, id, spec.isRuled ? 'Shared' : 'Tenant'],
    )
    if (spec.isGranted)
      await ownerPool.query(
        `insert into record_grants (workspace_id, id, record_type, record_id, access, user_id, created_by_id, updated_by_id)
         values ($1, gen_random_uuid(), 'Lease', $2, 'READ', $3, $4, $4)`,
        [workspaceId, id, people.caller.actor.id, creator],
      )
  }
  return accountIds
}

async function permit(permissions: readonly string[]): Promise<void> {
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [
    people.caller.roleId,
    permissions,
  ])
}

/** Returns the ids in a list of the API. Without a permission the API refuses instead of returning an empty list. */
async function listed(plural: 'leases' | 'accounts'): Promise<string[]> {
  const { data, errors } = await people.caller.query(`{ ${plural}(first: 100) { nodes { id } } }`)
  return errors.length > 0 ? [] : textsAt(data, `${plural}.nodes`, 'id').sort()
}

const queries = {
  leases: ({ sees, transaction }: PluginContext) => sql`select l.id from leases_leases l
    where l.workspace_id = ${transaction.workspaceId}::uuid and l.deleted_at is null and ${sees('Lease', sql`l`)}`,
  accounts: ({ sees, transaction }: PluginContext) => sql`select l.id from leases_leases l
    join accounts a on a.workspace_id = l.workspace_id and a.id = l.account_id and ${sees('Account', sql`a`)}
    where l.workspace_id = ${transaction.workspaceId}::uuid and l.deleted_at is null and ${sees('Lease', sql`l`)}`,
  tenants: ({ sees, transaction }: PluginContext) => sql`select t.lease_id as id from leases_tenants t
    where t.workspace_id = ${transaction.workspaceId}::uuid and ${sees('LeaseTenant', sql`t`)}`,
}

describe('`sees` in the code of a plugin', () => {
  it('is true for exactly the records that the list of the API shows to the caller', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(leaseSpec, { minLength: 1, maxLength: 8 }),
        fc.subarray([...GRANTS]),
        async (specs, permissions) => {
          const accountIds = await store(specs)
          await permit(permissions)
          const [leases, accounts] = [await listed('leases'), await listed('accounts')]
          const { answer, errors } = await runLeases(people.caller, async (context) => ({
            leases: await context.transaction.query(queries.leases(context)),
            accounts: await context.transaction.query(queries.accounts(context)),
            tenants: await context.transaction.query(queries.tenants(context)),
          }))
          expect(errors).toEqual([])
          const ids = (key: string) => textsAt(answer, key, 'id').map((id) => encodeId('lease', id))
          expect(ids('leases').sort()).toEqual(leases)
          const hasVisibleAccount = (id: string) => accounts.includes(accountIds.get(id) ?? '')
          expect(ids('accounts').sort()).toEqual(leases.filter(hasVisibleAccount))
          // Tenants of soft-deleted leases are not excluded, as the leases themselves are not.
          expect(ids('tenants')).toEqual(expect.arrayContaining(leases))
          if (specs.every(({ isDeleted }) => !isDeleted)) expect(ids('tenants').sort()).toEqual(leases)
        },
      ),
      { numRuns: 60, examples: [[[onlyRuled], ['lease:read@shared']]] },
    )
  })
})
