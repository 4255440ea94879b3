import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt, textsAt } from '../../../src/testing/answers.ts'
import { modelOf } from '../../plugins/tally/plugin.ts'
import { runTenancies } from '../../plugins/tenancies/plugin.ts'
import { openTenancies, PEOPLE, type PersonName, type Tenancies } from './tenancies.ts'

let fixture: Tenancies
beforeAll(async () => {
  fixture = await openTenancies()
})
afterAll(() => fixture.app.close())

/** A tenancy, a payment for it, and a deposit that has the manager and the team of the tenancy as its own. */
interface Spec {
  readonly manager: PersonName | null
  readonly team: 'own' | 'other' | null
  readonly creator: PersonName
  readonly hasTenancy: boolean
  readonly isTenancyDeleted: boolean
  readonly isGranted: boolean
}

const spec: fc.Arbitrary<Spec> = fc.record({
  manager: fc.option(fc.constantFrom(...PEOPLE)),
  team: fc.option(fc.constantFrom('own' as const, 'other' as const)),
  creator: fc.constantFrom(...PEOPLE),
  hasTenancy: fc.boolean(),
  isTenancyDeleted: fc.boolean(),
  isGranted: fc.boolean(),
})

/** Replaces all payments and deposits of the workspace. The payment and the deposit of a spec have the same number. */
async function store(specs: readonly Spec[]): Promise<void> {
  const { ownerPool } = fixture.app.database
  const { workspaceId } = fixture.app.as('admin').actor
  for (const table of ['tenancies_tenancies', 'tenancies_rent_payments', 'tenancies_deposits', 'record_grants'])
    await ownerPool.query(`delete from ${table}`)
  for (const [index, each] of specs.entries()) {
    const [tenancy, payment, deposit] = [randomUUID(), randomUUID(), randomUUID()]
    const number = String(index)
    const manager = each.manager && fixture.people[each.manager].actor.id
    const teamId = each.team && { own: fixture.team, other: fixture.outsiders }[each.team]
    const creator = fixture.people[each.creator].actor.id
    const stranger = fixture.people.stranger.actor.id
    await ownerPool.query(
      `insert into tenancies_tenancies (workspace_id, id, number, manager_id, team_id, created_by_id, updated_by_id, deleted_at)
       values ($1, $2, $3, $4, $5, $6, $6, $7)`,
      [workspaceId, tenancy, number, manager, teamId, stranger, each.isTenancyDeleted ? new Date() : null],
    )
    await ownerPool.query(
      `insert into tenancies_rent_payments (workspace_id, id, number, tenancy_id, created_by_id, updated_by_id)
       values ($1, $2, $3, $4, $5, $5)`,
      [workspaceId, payment, number, each.hasTenancy ? tenancy : null, creator],
    )
    await ownerPool.query(
      `insert into tenancies_deposits (workspace_id, id, number, manager_id, team_id, created_by_id, updated_by_id)
       values ($1, $2, $3, $4, $5, $6, $6)`,
      [workspaceId, deposit, number, each.hasTenancy ? manager : null, each.hasTenancy ? teamId : null, creator],
    )
    for (const [type, id] of [
      ['RentPayment', payment],
      ['Deposit', deposit],
    ])
      if (each.isGranted)
        await ownerPool.query(
          `insert into record_grants (workspace_id, id, record_type, record_id, access, user_id, created_by_id, updated_by_id)
           values ($1, gen_random_uuid(), $2, $3, 'UPDATE', $4, $5, $5)`,
          [workspaceId, type, id, fixture.people.boss.actor.id, stranger],
        )
  }
}

const KINDS = [
  { plural: 'rentPayments', object: 'RentPayment', prisma: 'rentPayment' },
  { plural: 'deposits', object: 'Deposit', prisma: 'deposit' },
] as const

const TABLES = { RentPayment: sql`tenancies_rent_payments`, Deposit: sql`tenancies_deposits` }

/** Returns, for one of the two objects, the numbers of the records that each way of reading shows to the boss. */
async function shown({ plural, object, prisma }: (typeof KINDS)[number]): Promise<Record<string, readonly string[]>> {
  const { boss } = fixture.people
  const list = await boss.query(`{ ${plural}(first: 100) { totalCount nodes { id number } } }`)
  expect(list.errors).toEqual([])
  const inCode = await runTenancies(boss, async (context) => ({
    found: await context.records.find(object, {}),
    bySql: await context.transaction.query(
      sql`select r.number from ${TABLES[object]} r
          where r.workspace_id = ${context.transaction.workspaceId}::uuid and ${context.sees(object, sql`r`)}`,
    ),
    byPrisma: await modelOf(context.prisma, prisma).findMany(),
  }))
  const all = await fixture.app.as('admin').must<unknown, object>(`{ ${plural}(first: 100) { nodes { id number } } }`)
  const nodes = listAt(all, `${plural}.nodes`)
  const byId: string[] = []
  const explained: Record<'read' | 'update' | 'delete', string[]> = { read: [], update: [], delete: [] }
  for (const node of nodes) {
    const [recordId, number] = [textAt(node, 'id'), textAt(node, 'number')]
    const one = await boss.must('query ($recordId: ID!) { node(id: $recordId) { id } }', { recordId })
    if (at(one, 'node') !== null) byId.push(number)
    const why = await fixture.app
      .as('admin')
      .must(
        'query ($userId: ID!, $recordId: ID!) { whyAccess(userId: $userId, recordId: $recordId) { actions { action isAllowed } } }',
        { userId: encodeId('user', boss.actor.id), recordId },
      )
    for (const action of ['read', 'update', 'delete'] as const)
      if (listAt(why, 'whyAccess.actions').some((each) => at(each, 'action') === action && at(each, 'isAllowed')))
        explained[action].push(number)
  }
  const numbers = {
    listed: textsAt(list.data, `${plural}.nodes`, 'number'),
    byId,
    found: textsAt(inCode, 'found', 'number'),
    bySql: textsAt(inCode, 'bySql', 'number'),
    byPrisma: textsAt(inCode, 'byPrisma', 'number'),
    ...explained,
  }
  expect(at(list.data, `${plural}.totalCount`)).toBe(numbers.listed.length)
  return Object.fromEntries(Object.entries(numbers).map(([way, found]) => [way, [...found].sort()]))
}

describe('an object that is owned through a relation', () => {
  it('is covered by each scope like an object that stores the same owner and team itself', async () => {
    const scopes = ['own', 'team', 'hierarchy', 'shared'] as const
    const example: Spec = {
      manager: 'boss',
      team: null,
      creator: 'stranger',
      hasTenancy: true,
      isTenancyDeleted: true,
      isGranted: false,
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(spec, { minLength: 1, maxLength: 8 }),
        fc.subarray([...scopes], { minLength: 1 }),
        fc.constantFrom(...scopes),
        async (specs, read, write) => {
          await store(specs)
          const grants = [...read.map((scope) => `read@${scope}`), `update@${write}`, `delete@${write}`]
          await fixture.permit('boss', [
            ...grants.flatMap((grant) => [`rentPayment:${grant}`, `deposit:${grant}`]),
            'user:read',
          ])
          const [payments, deposits] = [await shown(KINDS[0]), await shown(KINDS[1])]
          expect(payments).toEqual(deposits)
          const { listed, read: explained } = payments
          expect(payments).toMatchObject({ byId: listed, found: listed, bySql: listed, byPrisma: listed })
          expect(explained).toEqual(listed)
        },
      ),
      { numRuns: 20, examples: [[[example, { ...example, manager: null, creator: 'boss' }], ['own'], 'team']] },
    )
  })
})

describe('whyAccess for a record that is owned through a relation', () => {
  it('names the path from which the owner and the team follow', async () => {
    const { own } = await fixture.payments()
    await fixture.permit('boss', ['rentPayment:read@own', 'rentPayment:update@team', 'rentPayment:delete@hierarchy'])
    const data = await fixture.app
      .as('admin')
      .must(
        'query ($userId: ID!, $recordId: ID!) { whyAccess(userId: $userId, recordId: $recordId) { actions { steps { kind isMet explanation } } } }',
        { userId: encodeId('user', fixture.people.boss.actor.id), recordId: own.payment.id },
      )
    const steps = listAt(data, 'whyAccess.actions').flatMap((action) => listAt(action, 'steps'))
    const explained = Object.fromEntries(steps.map((step) => [textAt(step, 'kind'), textAt(step, 'explanation')]))
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'OWNER', isMet: true }))
    expect(explained).toMatchObject({
      OWNER: expect.stringMatching(/^The actor owns the record; this follows from tenancy\.manager \(role /),
      TEAM: expect.stringMatching(
        /belongs to a team of the actor; this follows from tenancy\.manager and tenancy\.team \(/,
      ),
      HIERARCHY: expect.stringMatching(/; this follows from tenancy\.manager \(/),
    })
  })
})
