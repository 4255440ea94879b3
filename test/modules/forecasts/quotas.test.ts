import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, addTeam } from '../../support/records.ts'

let app: TestApp
const member = () => app.as('member')
const AMOUNT = { amount: '100', currency: 'USD' }

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const errorsOf = async (object: string, input: object) => {
  const data = await app
    .as('admin')
    .must(`mutation ($input: Create${object}Input!) { create${object}(input: $input) { userErrors { code path } } }`, {
      input,
    })
  return at(data, `create${object}.userErrors`)
}

describe('a quota', () => {
  it('belongs to the caller unless it names a user or a team', async () => {
    const { id } = await addRecord(member(), 'Quota', { year: 2026, quarter: 3, amount: AMOUNT })
    const data = await member().must(
      'query ($id: ID!) { quota(id: $id) { owner { id } team { id } year quarter month amount { amount } } viewer { actor { id } } }',
      { id },
    )
    expect(at(data, 'quota')).toEqual({
      owner: at(data, 'viewer.actor'),
      team: null,
      year: 2026,
      quarter: 3,
      month: null,
      amount: { amount: '100.00' },
    })
    const team = await addTeam(app.as('admin'), { name: 'East' })
    const made = await addRecord(app.as('admin'), 'Quota', { teamId: team.id, year: 2026, amount: AMOUNT })
    const read = await app
      .as('admin')
      .must('query ($id: ID!) { quota(id: $id) { owner { id } team { name } } }', { id: made.id })
    expect(at(read, 'quota')).toEqual({ owner: null, team: { name: 'East' } })
  })

  it('is unique for its owner and period, also when two are created at once', async () => {
    const input = { year: 2030, month: 7, amount: AMOUNT }
    const outcomes = await Promise.all([errorsOf('Quota', input), errorsOf('Quota', input)])
    expect(outcomes.filter((errors) => Array.isArray(errors) && errors.length === 0)).toHaveLength(1)
    expect(outcomes.flat()).toMatchObject([{ code: 'DUPLICATE' }])
    expect(await errorsOf('Quota', { ...input, month: 8 })).toEqual([])
  })

  it.each([
    [{ year: 2026, quarter: 5 }, 'quarter'],
    [{ year: 2026, month: 0 }, 'month'],
    [{ year: 9999 }, 'year'],
    [{ year: 2026, quarter: 1, month: 2 }, 'month'],
  ])('for the period %j is refused', async (period, field) => {
    expect(await errorsOf('Quota', { ...period, amount: AMOUNT })).toEqual([
      { code: 'INVALID', path: ['input', field] },
    ])
    expect(await errorsOf('ForecastAdjustment', { ...period, amount: AMOUNT, reason: 'x' })).toEqual([
      { code: 'INVALID', path: ['input', field] },
    ])
  })

  it('is refused when it is negative, or has an owner and a team', async () => {
    const negative = { year: 2026, month: 1, amount: { amount: '-1', currency: 'USD' } }
    expect(await errorsOf('Quota', negative)).toEqual([{ code: 'INVALID', path: ['input', 'amount', 'amount'] }])
    const team = await addTeam(app.as('admin'), { name: 'South' })
    const data = await member().must('{ viewer { actor { id } } }')
    const both = { year: 2026, ownerId: at(data, 'viewer.actor.id'), teamId: team.id, amount: AMOUNT }
    expect(await errorsOf('Quota', both)).toEqual([{ code: 'INVALID', path: ['input', 'teamId'] }])
  })
})

it('an adjustment of what is a fact, or without a reason, is refused', async () => {
  const input = { year: 2026, amount: AMOUNT, reason: 'New budget.' }
  expect(await errorsOf('ForecastAdjustment', { ...input, category: 'CLOSED' })).toEqual([
    { code: 'INVALID', path: ['input', 'category'] },
  ])
  expect(await errorsOf('ForecastAdjustment', { ...input, reason: ' ' })).toEqual([
    { code: 'INVALID', path: ['input', 'reason'] },
  ])
})
