import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, errorCodes } from '../../../src/testing/answers.ts'
import { deposit, rentPayment, tenancy } from '../../plugins/tenancies/plugin.ts'
import { addRecord, type Made, setDeleted } from '../../support/records.ts'
import { openTenancies, save, type Tenancies } from './tenancies.ts'

let fixture: Tenancies
beforeAll(async () => {
  fixture = await openTenancies()
})
afterAll(() => fixture.app.close())

describe('a write of a record that is owned through a relation', () => {
  const REACHED = {
    own: ['own'],
    team: ['mates', 'own', 'teams'],
    hierarchy: ['below', 'own'],
  } as const

  it.each(['own', 'team', 'hierarchy'] as const)(
    'is limited by the scope %s, also when the tenancy is deleted',
    async (scope) => {
      const made = await fixture.payments()
      await fixture.permit('boss', ['rentPayment:read', `rentPayment:update@${scope}`, `rentPayment:delete@${scope}`])
      await setDeleted(fixture.app.as('admin'), 'delete', 'Tenancy', made.own.tenancy)
      const updated: string[] = []
      const deleted: string[] = []
      for (const [kind, { payment }] of Object.entries(made)) {
        const update = await save(fixture, fixture.people.boss, 'RentPayment', payment, { number: `${kind} again` })
        if (errorCodes(update).length === 0) updated.push(kind)
        else expect(errorCodes(update)).toEqual(['FORBIDDEN'])
        const version = at(update.data, 'updateRentPayment.rentPayment.version') ?? 1
        const remove = await fixture.people.boss.query(
          'mutation ($id: ID!, $version: Int!) { deleteRentPayment(input: { id: $id, version: $version }) { rentPayment { id } userErrors { code } } }',
          { id: payment.id, version },
        )
        if (errorCodes(remove).length === 0) deleted.push(kind)
        else expect(errorCodes(remove)).toEqual(['FORBIDDEN'])
      }
      expect(updated.sort()).toEqual(REACHED[scope])
      expect(deleted.sort()).toEqual(REACHED[scope])
    },
  )

  it('is refused for a new record of a tenancy that somebody else manages, and not for one of the caller', async () => {
    const { own, foreign } = await fixture.payments()
    await fixture.permit('boss', ['rentPayment:read@own', 'rentPayment:create@own', 'tenancy:read'])
    const create = (input: object) =>
      fixture.people.boss.query(
        'mutation ($input: CreateRentPaymentInput!) { createRentPayment(input: $input) { rentPayment { number } userErrors { code } } }',
        { input: { number: 'new', ...input } },
      )
    expect(errorCodes(await create({ tenancyId: foreign.tenancy.id }))).toEqual(['FORBIDDEN'])
    for (const input of [{ tenancyId: own.tenancy.id }, {}])
      expect(at((await create(input)).data, 'createRentPayment.rentPayment.number')).toBe('new')
  })

  it('is limited by the manager of that moment', async () => {
    const { own } = await fixture.payments()
    await fixture.permit('boss', ['rentPayment:read', 'rentPayment:update@own'])
    await save(fixture, fixture.app.as('admin'), 'Tenancy', own.tenancy, fixture.managedBy('stranger'))
    expect(
      errorCodes(await save(fixture, fixture.people.boss, 'RentPayment', own.payment, { number: 'mine' })),
    ).toEqual(['FORBIDDEN'])
    await save(fixture, fixture.app.as('admin'), 'Tenancy', own.tenancy, fixture.managedBy('boss'))
    const saved = await save(fixture, fixture.people.boss, 'RentPayment', own.payment, { number: 'mine' })
    expect(at(saved.data, 'updateRentPayment.rentPayment.number')).toBe('mine')
  })

  it('limits a field whose permission has a scope', async () => {
    const { own, foreign } = await fixture.payments()
    await fixture.permit('boss', [
      'rentPayment.tenancy:read',
      'rentPayment.number:update@own',
      'rentPayment.id:read',
      'rentPayment.version:read',
    ])
    const update = ({ payment }: typeof own) =>
      fixture.people.boss.query(
        'mutation ($id: ID!) { updateRentPayment(input: { id: $id, version: 1, number: "x" }) { userErrors { code } } }',
        { id: payment.id },
      )
    expect(errorCodes(await update(foreign))).toEqual(['FORBIDDEN'])
    expect((await update(own)).data).toEqual({ updateRentPayment: { userErrors: [] } })
  })
})

const onlyShared = (object: string, column: string) => ({
  code: 'RULE_VIOLATION',
  message: `The ${object} is only shared with you, so you can't change ${column}, which decides who owns records. Ask its owner or an administrator.`,
  path: ['input', column],
})

/** Shares a record with the boss, who may then read and update it. */
const shareWithBoss = ({ app, people }: Tenancies, { id }: Made) =>
  addRecord(app.as('admin'), 'RecordGrant', {
    recordId: id,
    userId: encodeId('user', people.boss.actor.id),
    access: 'UPDATE',
  })

describe('a record that is only shared with the caller', () => {
  it('can be updated, but not moved to a record that the caller owns', async () => {
    const { own, foreign } = await fixture.payments()
    const { boss } = fixture.people
    await shareWithBoss(fixture, foreign.payment)
    await fixture.permit('boss', ['rentPayment:read@own', 'rentPayment:update@own', 'tenancy:read@own'])
    const renamed = await save(fixture, boss, 'RentPayment', foreign.payment, { number: 'renamed' })
    expect(at(renamed.data, 'updateRentPayment.rentPayment.number')).toBe('renamed')
    const moved = await save(fixture, boss, 'RentPayment', foreign.payment, { tenancyId: own.tenancy.id })
    expect(at(moved.data, 'updateRentPayment.userErrors')).toEqual([onlyShared('RentPayment', 'tenancyId')])
    const given = await save(fixture, boss, 'RentPayment', own.payment, { tenancyId: null })
    expect(at(given.data, 'updateRentPayment.userErrors')).toEqual([])
  })

  it('keeps the relation by which records of another object have their owner, although its own owner is another', async () => {
    const other = await openTenancies({ objects: [{ ...tenancy, ownedBy: 'createdBy' }, rentPayment, deposit] })
    try {
      const { foreign } = await other.payments()
      await shareWithBoss(other, foreign.tenancy)
      await other.permit('boss', ['tenancy:read@own', 'tenancy:update@own', 'user:read'])
      const taken = await save(other, other.people.boss, 'Tenancy', foreign.tenancy, other.managedBy('boss'))
      expect(at(taken.data, 'updateTenancy.userErrors')).toEqual([onlyShared('Tenancy', 'managerId')])
    } finally {
      await other.app.close()
    }
  })
})
