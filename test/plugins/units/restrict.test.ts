import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../../src/platform/data/sql.ts'
import { decodeRecordId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller } from '../../support/caller.ts'
import { activationOf, countOf } from '../guarded-plugin.ts'
import { addLease, addUnit, deleteUnit, doUnits, ERRORS, own, remove, restore, UNITS, units } from './plugin.ts'

let app: TestApp
let admin: TestClient
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: units, directory: UNITS }] })
  admin = app.as('admin')
})
afterAll(() => app.close())

const uuidOf = (id: string) => decodeRecordId(id, 'unit')

/** The refusal to delete a unit, and what refers to it. */
const inUse = (by: string) => [
  {
    __typename: 'InvalidInputError',
    code: 'INVALID',
    message: `The Unit is in use by ${by}. Delete the records that refer to it first, or let them refer to another Unit.`,
    path: ['input', 'id'],
  },
]

/** Asserts that a unit can't be deleted, and that nothing of it is changed. */
async function expectInUse(id: string, by: string, client: Pick<TestClient<unknown>, 'must'> = admin) {
  expect(await deleteUnit(client, id)).toEqual({ unit: null, userErrors: inUse(by) })
  const data = await admin.must('query ($id: ID!) { unit(id: $id) { version history { nodes { operation } } } }', {
    id,
  })
  expect(at(data, 'unit')).toEqual({ version: 1, history: { nodes: [{ operation: 'CREATED' }] } })
}

describe('a record to which others refer by a relation with `onDelete: Restrict`', () => {
  it('is deleted only when they are deleted, or refer to another record', async () => {
    const [id, other] = [await addUnit(admin), await addUnit(admin)]
    const [first, second] = [await addLease(admin, { unitId: id }), await addLease(admin, { unitId: id })]
    await expectInUse(id, 'UnitLease.unit')
    expect(await remove(admin, 'UnitLease', first)).toEqual([])
    await expectInUse(id, 'UnitLease.unit')
    const move = `mutation ($input: UpdateUnitLeaseInput!) { updateUnitLease(input: $input) { ${ERRORS} } }`
    const moved = await admin.must(move, { input: { id: second, version: 1, unitId: other } })
    expect(listAt(moved, 'updateUnitLease.userErrors')).toEqual([])
    expect(at(await deleteUnit(admin, id), 'userErrors')).toEqual([])
    await expectInUse(other, 'UnitLease.unit')
  })

  it('is not deleted for a caller who may not see what refers to it', async () => {
    const id = await addUnit(admin)
    await addLease(admin, { unitId: id })
    const caller = await addCaller(app)
    await app.database.ownerPool.query('update roles set permissions = $1 where id = $2', [['unit:*'], caller.roleId])
    await expectInUse(id, 'UnitLease.unit', app.withCredential(caller.token))
  })

  it('names each relation, also of items, of its own object and of a table of the plugin', async () => {
    const id = await addUnit(admin)
    const lease = await addLease(admin, { unitId: await addUnit(admin), parkings: [{ spaceId: id }] })
    await expectInUse(id, 'UnitLease.parkings')
    const part = await addUnit(admin, { partOfId: id })
    const ring = await doUnits(admin, async ({ prisma, newId, transaction: { workspaceId } }) => {
      const ringId = newId()
      await own(prisma, 'keyRing').create({ data: { workspaceId, id: ringId, unitId: uuidOf(id) } })
      return ringId
    })
    await expectInUse(id, 'KeyRing.unit, Unit.partOf, UnitLease.parkings')
    expect(await remove(admin, 'UnitLease', lease)).toEqual([])
    expect(at(await deleteUnit(admin, part), 'userErrors')).toEqual([])
    await expectInUse(id, 'KeyRing.unit')
    await doUnits(admin, ({ prisma, transaction: { workspaceId } }) =>
      own(prisma, 'keyRing').delete({ where: { workspaceId_id: { workspaceId, id: ring.answer } } }),
    )
    expect(at(await deleteUnit(admin, id), 'userErrors')).toEqual([])
  })

  it('may refer to itself, and others may refer to it by a relation with another `onDelete`', async () => {
    const id = await addUnit(admin)
    await addLease(admin, { unitId: await addUnit(admin), formerUnitId: id })
    const self = `mutation ($input: UpdateUnitInput!) { updateUnit(input: $input) { ${ERRORS} } }`
    const updated = await admin.must(self, { input: { id, version: 1, partOfId: id } })
    expect(listAt(updated, 'updateUnit.userErrors')).toEqual([])
    expect(at(await deleteUnit(admin, id, 2), 'userErrors')).toEqual([])
  })

  it('is not deleted by code of the plugin, which gets the user error and may go on', async () => {
    const id = await addUnit(admin)
    await addLease(admin, { unitId: id })
    const { answer, errors } = await doUnits(admin, async ({ records }) => {
      const deleted = await records.delete('Unit', id)
      const created = await records.create('Unit', { name: 'Besides' })
      return { deleted, isCreated: created.id !== null }
    })
    const [{ message } = { message: '' }] = inUse('UnitLease.unit')
    expect([errors, answer]).toMatchObject([
      [],
      { deleted: { id: null, userErrors: [{ code: 'INVALID', message, path: ['input', 'id'] }] }, isCreated: true },
    ])
  })
})

describe('a record that refers to a deleted record by a relation with `onDelete: Restrict`', () => {
  it('is restored only after that record', async () => {
    const unit = await addUnit(admin)
    const space = await addUnit(admin)
    const lease = await addLease(admin, { unitId: unit, parkings: [{ spaceId: space }] })
    expect(await remove(admin, 'UnitLease', lease)).toEqual([])
    for (const id of [unit, space]) expect(at(await deleteUnit(admin, id), 'userErrors')).toEqual([])
    const refused = [
      {
        __typename: 'InvalidInputError',
        code: 'INVALID',
        message: 'The UnitLease refers to a Unit that is deleted. Restore the Unit first.',
        path: ['input', 'id'],
      },
    ]
    expect(await restore(admin, 'UnitLease', lease)).toEqual(refused)
    expect(await restore(admin, 'Unit', unit)).toEqual([])
    expect(await restore(admin, 'UnitLease', lease)).toEqual(refused)
    expect(await restore(admin, 'Unit', space)).toEqual([])
    expect(await restore(admin, 'UnitLease', lease)).toEqual([])
  })

  it('is not inserted by code of the plugin', async () => {
    const unit = await addUnit(admin)
    expect(at(await deleteUnit(admin, unit), 'userErrors')).toEqual([])
    const { answer } = await doUnits(admin, async ({ records }) =>
      records.insertMany('UnitLease', [
        { number: 'none', unitId: uuidOf(unit) },
        { number: 'one', unitId: uuidOf(await addUnit(admin)) },
      ]),
    )
    expect(answer).toMatchObject([
      { id: null, userErrors: [{ code: 'NOT_FOUND', message: 'Unit was not found.' }] },
      { id: expect.any(String), userErrors: [] },
    ])
  })
})

describe('a row that code of the plugin deletes from its tables', () => {
  const message = (name: string) => `A record is in use by ${name}. Delete the records that refer to it first.`

  it.each([
    ['by a foreign key with RESTRICT', 'RingKey'],
    ['by a foreign key with NO ACTION', 'UnitLease'],
  ])('is refused with a user error while another refers to it %s', async (_key, name) => {
    const unit = await addUnit(admin)
    await addLease(admin, { unitId: unit })
    const count = await countOf(app, 'units_key_rings')
    const { answer, userErrors, errors } = await doUnits(admin, async (context) => {
      const { prisma, newId, transaction } = context
      const { workspaceId } = transaction
      const ringId = newId()
      await own(prisma, 'keyRing').create({ data: { workspaceId, id: ringId } })
      await own(prisma, 'ringKey').create({ data: { workspaceId, id: newId(), ringId } })
      if (name === 'RingKey')
        await own(prisma, 'keyRing').delete({ where: { workspaceId_id: { workspaceId, id: ringId } } })
      else
        await transaction.query(
          sql`delete from units_units where workspace_id = ${workspaceId}::uuid and id = ${uuidOf(unit)}::uuid`,
        )
    })
    expect([answer, errors]).toEqual([null, []])
    expect(userErrors).toEqual([
      { __typename: 'InvalidInputError', code: 'INVALID', message: message(name), path: ['input'] },
    ])
    expect(await countOf(app, 'units_key_rings')).toBe(count)
    expect(await activationOf(app, admin, 'units')).toMatchObject({ strikes: 0 })
  })

  it('does not keep the operator from deleting the workspace', async () => {
    const globex = app.as('admin', 'globex')
    await addLease(globex, { unitId: await addUnit(globex), parkings: [{ spaceId: await addUnit(globex) }] })
    const client = await app.database.ownerPool.connect()
    try {
      await client.query('begin; set constraints all deferred')
      await client.query('delete from workspaces where id = $1', [globex.actor.workspaceId])
      await client.query('set constraints all immediate; rollback')
    } finally {
      client.release(true)
    }
  })
})
