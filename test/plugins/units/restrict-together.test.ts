import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestClient } from '../../../src/testing/client.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import {
  addLease,
  addUnit,
  createLease,
  deleteUnit,
  doUnits,
  remove,
  restore,
  UNITS,
  type UnitsCode,
  units,
} from './plugin.ts'

let app: TestApp
let admin: TestClient
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: units, directory: UNITS }] })
  admin = app.as('admin')
})
afterAll(() => app.close())

/**
 * Runs code of the plugin in a transaction that is committed only when `beside`, which runs at the same time, waits for
 * one of its locks. Returns the results of both.
 */
async function together<Result>(first: UnitsCode, beside: () => Promise<Result>) {
  const written = Promise.withResolvers<void>()
  const commit = Promise.withResolvers<void>()
  const running = doUnits(admin, async (context) => {
    const result = await first(context)
    written.resolve()
    await commit.promise
    return result
  })
  await written.promise
  const second = beside()
  await expect.poll(isWaiting, { timeout: 3_000 }).toBe(true)
  commit.resolve()
  return { first: await running, second: await second }
}

async function isWaiting(): Promise<boolean> {
  const { rows } = await app.database.ownerPool.query<{ isWaiting: boolean }>(
    `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as "isWaiting"`,
  )
  return rows[0]?.isWaiting === true
}

const IN_USE = [
  expect.objectContaining({ code: 'INVALID', message: expect.stringContaining('in use by UnitLease.unit') }),
]
const NOT_FOUND = [
  expect.objectContaining({ code: 'NOT_FOUND', message: 'Unit was not found.', path: ['input', 'unitId'] }),
]

describe('a unit with `onDelete: Restrict` is never deleted while a lease refers to it', () => {
  it('when the lease is created while the unit is deleted: the delete waits and is refused', async () => {
    const unitId = await addUnit(admin)
    const { first, second } = await together(
      ({ records }) => records.create('UnitLease', { number: '1', unitId }),
      () => deleteUnit(admin, unitId),
    )
    expect(first.answer).toMatchObject({ userErrors: [] })
    expect(second).toEqual({ unit: null, userErrors: IN_USE })
  })

  it('when the unit is deleted while the lease is created: the create waits and is refused', async () => {
    const unitId = await addUnit(admin)
    const { first, second } = await together(
      ({ records }) => records.delete('Unit', unitId),
      () => createLease(admin, { unitId }),
    )
    expect(first.answer).toMatchObject({ userErrors: [] })
    expect(second).toEqual({ unitLease: null, userErrors: NOT_FOUND })
  })

  it('when a lease is moved to it, or restored', async () => {
    const [unitId, other] = [await addUnit(admin), await addUnit(admin)]
    const lease = await addLease(admin, { unitId: other })
    const moved = await together(
      ({ records }) => records.update('UnitLease', lease, { unitId }),
      () => deleteUnit(admin, unitId),
    )
    expect(moved.second).toEqual({ unit: null, userErrors: IN_USE })

    const deleted = await addLease(admin, { unitId: other })
    expect(await remove(admin, 'UnitLease', deleted)).toEqual([])
    const restored = await together(
      ({ records }) => records.delete('Unit', other),
      () => restore(admin, 'UnitLease', deleted),
    )
    expect(restored.first.answer).toMatchObject({ userErrors: [] })
    expect(restored.second).toMatchObject([{ message: expect.stringContaining('refers to a Unit that is deleted') }])
  })

  it('when many leases are created and the unit is deleted at once', async () => {
    for (let round = 0; round < 5; round++) {
      const unitId = await addUnit(admin)
      const creates = Array.from({ length: 6 }, () => createLease(admin, { unitId }))
      const [deleted, ...created] = await Promise.all([deleteUnit(admin, unitId), ...creates])
      const isDeleted = JSON.stringify(deleted).includes('"userErrors":[]')
      const count = created.filter((payload) => JSON.stringify(payload).includes('"userErrors":[]')).length
      expect({ isDeleted, count }).toEqual(isDeleted ? { isDeleted, count: 0 } : { isDeleted, count: 6 })
    }
  })
})
