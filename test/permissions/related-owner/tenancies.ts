import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at } from '../../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../../src/testing/client.ts'
import { TENANCIES, tenanciesPlugin } from '../../plugins/tenancies/plugin.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, type Made } from '../../support/records.ts'
import { type Person, teamOf, userWho } from '../people.ts'

export const PEOPLE = ['boss', 'mate', 'seller', 'stranger'] as const
export type PersonName = (typeof PEOPLE)[number]

/** A server with the plugin `tenancies`, whose payments are owned through their tenancy, and with people. */
export interface Tenancies {
  readonly app: TestApp
  /** The role of `seller` is below that of `boss`. */
  readonly people: Readonly<Record<PersonName, Person>>
  /** uuid of the team of `boss` and `mate`. */
  readonly team: string
  /** uuid of a team of `stranger`. */
  readonly outsiders: string
  /** Sets the permissions of a person. */
  permit(person: PersonName, permissions: readonly string[]): Promise<void>
  /** The input of a record that a person manages. */
  managedBy(person: PersonName): { readonly managerId: string }
  /** Creates a tenancy of each kind, with a payment that the administrator recorded. */
  payments(): Promise<Readonly<Record<'own' | 'mates' | 'teams' | 'below' | 'foreign', Paid>>>
}

/** A tenancy and a payment for it. */
export interface Paid {
  readonly tenancy: Made
  readonly payment: Made
}

export async function openTenancies(parts: Partial<Plugin> = {}): Promise<Tenancies> {
  const app = await createTestApp({ plugins: [{ plugin: tenanciesPlugin(parts), directory: TENANCIES }] })
  const boss = await userWho(app, [])
  const seller = await userWho(app, [], { above: boss.roleId })
  const people = { boss, seller, mate: await userWho(app, []), stranger: await userWho(app, []) }
  const team = await teamOf(app, [boss, people.mate])
  const managedBy = (person: PersonName) => ({ managerId: encodeId('user', people[person].actor.id) })
  const pay = async (number: string, input: object) => {
    const tenancy = await addRecord(app.as('admin'), 'Tenancy', { number, ...input })
    return { tenancy, payment: await addRecord(app.as('admin'), 'RentPayment', { number, tenancyId: tenancy.id }) }
  }
  return {
    app,
    people,
    team,
    outsiders: await teamOf(app, [people.stranger]),
    managedBy,
    async permit(person, permissions) {
      const { roleId } = people[person]
      await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [roleId, permissions])
    },
    payments: async () => ({
      own: await pay('own', managedBy('boss')),
      mates: await pay('mates', managedBy('mate')),
      teams: await pay('teams', { ...managedBy('stranger'), teamId: encodeId('team', team) }),
      below: await pay('below', managedBy('seller')),
      foreign: await pay('foreign', managedBy('stranger')),
    }),
  }
}

/** Sends an update of a record with the version that it has. */
export async function save(
  { app }: Tenancies,
  client: TestClient<TestActor>,
  object: 'Tenancy' | 'RentPayment',
  { id }: Made,
  input: object,
) {
  const record = object.charAt(0).toLowerCase() + object.slice(1)
  const read = await app.as('admin').must(`query ($id: ID!) { ${record}(id: $id) { version } }`, { id })
  return client.query(
    `mutation ($input: Update${object}Input!) { update${object}(input: $input) { ${record} { id version number } userErrors { code message path } } }`,
    { input: { id, version: at(read, `${record}.version`), ...input } },
  )
}
