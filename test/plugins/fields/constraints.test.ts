import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { errorsOf, importRecords, outcomesOf } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { countOf } from '../guarded-plugin.ts'
import { LEASES, leases } from '../rentals/plugin.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: leases, directory: LEASES }] })
})
afterAll(() => app.close())

const ERRORS = 'userErrors { __typename code message path }'
const CREATE = `mutation ($input: CreateLeaseInput!) { createLease(input: $input) { lease { id version } ${ERRORS} } }`

async function create(input: object) {
  const data = await app.as('member').must(CREATE, { input: { startsOn: '2026-01-01', ...input } })
  return at(data, 'createLease')
}

async function created(input: object): Promise<string> {
  const payload = await create(input)
  expect(listAt(payload, 'userErrors')).toEqual([])
  return textAt(payload, 'lease.id')
}

/** Asserts that an input is refused with one error, and that nothing is written. */
async function expectRefused(input: object, error: object) {
  const count = await countOf(app, 'leases_leases')
  expect(await create(input)).toEqual({ lease: null, userErrors: [expect.objectContaining(error)] })
  expect(await countOf(app, 'leases_leases')).toBe(count)
}

const OVERLAP = {
  __typename: 'LeaseOverlapError',
  code: 'LEASE_OVERLAP',
  message: 'The unit is let in that period.',
  path: ['input', 'startsOn'],
}

describe('a create that violates a constraint of the plugin’s table is refused', () => {
  it('with the error type, message and path that the plugin declares for an exclusion constraint', async () => {
    await created({ unit: 'A1', startsOn: '2026-01-01', endsOn: '2026-06-01' })
    await created({ unit: 'A1', startsOn: '2026-06-01' })
    await created({ unit: 'A1', startsOn: '2026-02-01', isDraft: true })
    await expectRefused({ unit: 'A1', startsOn: '2026-05-31' }, OVERLAP)
  })

  it('with the first field that the input sets, for an exclusion constraint without a declaration', async () => {
    await created({ unit: 'B1', parking: 'P1' })
    await expectRefused(
      { unit: 'B2', parking: 'P1' },
      {
        __typename: 'DuplicateRecordError',
        code: 'DUPLICATE',
        message: 'The values of parking, startsOn, endsOn conflict with those of another record.',
        path: ['input', 'parking'],
      },
    )
  })

  it.each([
    ['a partial unique index', { number: '7' }, 'Another record has the same number already.', ['input', 'number']],
    ['a unique index on an expression', { code: 'x' }, 'Another record has the same code already.', ['input', 'code']],
    ['a deferred unique constraint, at the commit', { place: 7 }, 'The place is taken.', ['input', 'place']],
  ])('for %s', async (what, input, message, path) => {
    await created({ unit: `${what} 1`, ...input })
    const again = 'code' in input ? { code: 'X' } : input
    await expectRefused({ unit: `${what} 2`, ...again }, { code: 'DUPLICATE', message, path })
  })

  it('for a check, with the message and path that the plugin declares', async () => {
    const message = 'The lease ends before it begins.'
    await expectRefused(
      { unit: 'C1', startsOn: '2026-02-01', endsOn: '2026-01-01' },
      { __typename: 'InvalidInputError', code: 'INVALID', message, path: ['input', 'endsOn'] },
    )
  })

  it('when both of two requests create it at the same time: one of them', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => create({ unit: 'D1' })))
    const codes = answers.map((payload) => at(payload, 'userErrors.0.code') ?? 'created')
    expect(codes.toSorted()).toEqual(['LEASE_OVERLAP', 'LEASE_OVERLAP', 'LEASE_OVERLAP', 'created'])
  })

  it('not by a record of another workspace', async () => {
    await created({ unit: 'E1', code: 'E', place: 55 })
    const input = { unit: 'E1', startsOn: '2026-01-01', code: 'E', place: 55 }
    const other = await app.as('member', 'globex').must(CREATE, { input })
    expect(listAt(other, 'createLease.userErrors')).toEqual([])
  })
})

describe('other writes that violate a constraint are refused', () => {
  it('updates, with a path that names a field of the input, and restores and acts, with the record', async () => {
    await created({ unit: 'F1', parking: 'P2' })
    const id = await created({ unit: 'F2', parking: 'P3' })
    const update = `mutation ($input: UpdateLeaseInput!) { updateLease(input: $input) { ${ERRORS} } }`
    const refused = await app.as('member').must(update, { input: { id, version: 1, endsOn: null, parking: 'P2' } })
    expect(at(refused, 'updateLease.userErrors.0')).toMatchObject({ code: 'DUPLICATE', path: ['input', 'parking'] })
    const remove = 'mutation ($id: ID!) { deleteLease(input: { id: $id, version: 1 }) { userErrors { code } } }'
    await app.as('member').must(remove, { id })
    await created({ unit: 'F3', parking: 'P3' })
    const restore = `mutation ($id: ID!) { restoreLease(input: { id: $id, version: 2 }) { ${ERRORS} } }`
    const clash = await app.as('member').must(restore, { id })
    expect(at(clash, 'restoreLease.userErrors')).toMatchObject([{ code: 'DUPLICATE', path: ['input', 'id'] }])
  })

  it('restores and acts with the path of the record, also where the constraint declares a field', async () => {
    const send = async (document: string, id: string) =>
      listAt(await app.as('member').must(`mutation ($id: ID!) { ${document} }`, { id }), 'done.userErrors')
    const refused = { ...OVERLAP, path: ['input', 'id'] }
    const removed = await created({ unit: 'R1' })
    expect(await send('done: deleteLease(input: { id: $id, version: 1 }) { userErrors { code } }', removed)).toEqual([])
    await created({ unit: 'R1' })
    expect(await send(`done: restoreLease(input: { id: $id, version: 2 }) { ${ERRORS} }`, removed)).toEqual([refused])
    const draft = await created({ unit: 'R1', isDraft: true })
    expect(await send(`done: confirmLease(input: { id: $id, version: 1 }) { ${ERRORS} }`, draft)).toEqual([refused])
    const ended = `done: endLease(input: { id: $id, version: 1 }) { ${ERRORS} }`
    expect(await send(ended, draft)).toMatchObject([
      { message: 'The lease ends before it begins.', path: ['input', 'id'] },
    ])
  })

  it('only the conflicting records of a bulk create, each with its path', async () => {
    const bulk = `mutation ($input: CreateLeasesInput!) {
      createLeases(input: $input) { createdCount results { index lease { unit } ${ERRORS} } }
    }`
    const records = ['G1', 'G1', 'G2'].map((unit) => ({ unit, startsOn: '2026-01-01' }))
    const data = await app.as('member').must(bulk, { input: { errorPolicy: 'REJECT_FAILED', records } })
    expect(at(data, 'createLeases')).toEqual({
      createdCount: 2,
      results: [
        { index: 0, lease: { unit: 'G1' }, userErrors: [] },
        { index: 1, lease: null, userErrors: [{ ...OVERLAP, path: ['input', 'records', '1', 'startsOn'] }] },
        { index: 2, lease: { unit: 'G2' }, userErrors: [] },
      ],
    })
  })

  it('upserts of a plugin, and its own SQL', async () => {
    await created({ unit: 'H1', startsOn: '2020-01-01', place: 80 })
    const inputs = [
      { unit: 'H1', startsOn: '2021-01-01', place: 81 },
      { unit: 'H2', startsOn: '2021-01-01', place: 82 },
      { unit: 'H1', startsOn: '2019-01-01', place: 80 },
    ]
    const take = `mutation ($leases: [TakenLeaseInput!]!) { takeOverLeases(input: { leases: $leases }) { count ${ERRORS} } }`
    expect(await app.as('member').must(take, { leases: inputs })).toEqual({
      takeOverLeases: { count: 2, userErrors: [{ ...OVERLAP, path: ['input', 'leases', '0', 'startsOn'] }] },
    })
    const insert = `mutation { insertLease(input: { unit: "H1" }) { isDone ${ERRORS} } }`
    expect(await app.as('member').must(insert)).toEqual({ insertLease: { isDone: false, userErrors: [OVERLAP] } })
  })

  it('rows of an import', async () => {
    await created({ unit: 'I1' })
    const columns = ['unit', 'startsOn', 'place'].map((name) => ({ column: name, field: name }))
    const csv = 'unit,startsOn,place\nI1,2026-03-01,91\nI2,2026-03-01,92\nI2,2026-04-01,93\n'
    const order = { object: 'Lease', csv, columns, errorPolicy: 'REJECT_FAILED' }
    const payload = await importRecords(app.as('member'), order)
    expect(outcomesOf(payload)).toEqual(['2 FAILED', '3 CREATED', '4 FAILED'])
    expect(errorsOf(payload)).toEqual([
      'csv.2.startsOn: The unit is let in that period. The file says "2026-03-01".',
      'csv.4.startsOn: The unit is let in that period. The file says "2026-04-01".',
    ])
  })
})
