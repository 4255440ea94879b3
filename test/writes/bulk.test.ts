import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const CREATE = `mutation ($input: CreateAccountsInput!) {
  createAccounts(input: $input) { createdCount results { index account { name version } userErrors { code path } } }
}`
const LOG = `mutation ($input: LogInteractionsInput!) {
  logInteractions(input: $input) { createdCount results { index interaction { id __typename } userErrors { code path } } }
}`

async function create(records: readonly unknown[], errorPolicy?: string): Promise<unknown> {
  return at(
    await app.as('member').must(CREATE, { input: errorPolicy ? { records, errorPolicy } : { records } }),
    'createAccounts',
  )
}

async function counted(name: string): Promise<unknown> {
  return at(
    await app
      .as('member')
      .must('query ($name: String!) { accounts(filter: { name: { startsWith: $name } }) { totalCount } }', { name }),
    'accounts.totalCount',
  )
}

describe('a mutation that creates a list of records', () => {
  it('returns a result for each row of the input, in the order of the input', async () => {
    const records = Array.from({ length: 1_000 }, (_, index) => ({ name: `Row ${index}` }))
    const answer = await create(records)
    expect(at(answer, 'createdCount')).toBe(1_000)
    expect(listAt(answer, 'results')).toEqual(
      records.map(({ name }, index) => ({ index, account: { name, version: 1 }, userErrors: [] })),
    )
    expect(await counted('Row ')).toBe(1_000)
    await logSettled(app)
    const log = await app.as('member').must('{ changes(last: 200) { nodes { operation type } } }')
    expect(listAt(log, 'changes.nodes')).toEqual(
      Array.from({ length: 200 }, () => ({ operation: 'CREATED', type: 'Account' })),
    )
  })

  it('accepts 1,000 rows at most', async () => {
    const records = Array.from({ length: 1_001 }, () => ({ name: 'Too many' }))
    expect(errorCodes(await app.as('member').query(CREATE, { input: { records } }))).toEqual(['BAD_USER_INPUT'])
    expect(await counted('Too many')).toBe(0)
  })

  it('creates nothing for an empty list', async () => {
    expect(await create([])).toEqual({ createdCount: 0, results: [] })
  })

  it('with REJECT_ALL, the default, writes nothing when a row is invalid, and reports the invalid rows', async () => {
    const answer = await create([{ name: 'All 1' }, { name: '' }, { name: 'All 3', employeeCount: -1 }])
    expect(answer).toEqual({
      createdCount: 0,
      results: [
        { index: 0, account: null, userErrors: [] },
        { index: 1, account: null, userErrors: [{ code: 'INVALID', path: ['input', 'records', '1', 'name'] }] },
        {
          index: 2,
          account: null,
          userErrors: [{ code: 'INVALID', path: ['input', 'records', '2', 'employeeCount'] }],
        },
      ],
    })
    expect(await counted('All ')).toBe(0)
  })

  it('with REJECT_FAILED creates the valid rows', async () => {
    const foreign = await addAccount(app.as('member', 'globex'), { name: 'Foreign' })
    const answer = await create(
      [{ name: 'Some 1' }, { name: 'Some 2', parentId: foreign.id }, { name: 'Some 3' }],
      'REJECT_FAILED',
    )
    expect(answer).toEqual({
      createdCount: 2,
      results: [
        { index: 0, account: { name: 'Some 1', version: 1 }, userErrors: [] },
        { index: 1, account: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'records', '1', 'parentId'] }] },
        { index: 2, account: { name: 'Some 3', version: 1 }, userErrors: [] },
      ],
    })
    expect(await counted('Some ')).toBe(2)
  })

  it('with REJECT_FAILED creates the first of two rows that share a unique value, and reports the second', async () => {
    const twin = (name: string) => ({ name, domains: [{ domain: 'twin.example' }] })
    const answer = await create(
      [{ name: 'Twin 0' }, twin('Twin 1'), twin('Twin 2'), { name: 'Twin 3' }],
      'REJECT_FAILED',
    )
    expect(at(answer, 'createdCount')).toBe(3)
    expect(listAt(answer, 'results').map((row) => at(row, 'account.name') ?? at(row, 'userErrors.0.code'))).toEqual([
      'Twin 0',
      'Twin 1',
      'DUPLICATE',
      'Twin 3',
    ])
    expect(listAt(answer, 'results.2.userErrors.0.path').slice(0, 3)).toEqual(['input', 'records', '2'])
    const history = await app
      .as('member')
      .must('{ accounts(filter: { name: { startsWith: "Twin" } }) { nodes { history { totalCount } } } }')
    expect(listAt(history, 'accounts.nodes').map((node) => at(node, 'history.totalCount'))).toEqual([1, 1, 1])
  })

  it('with REJECT_ALL creates neither of two rows that share a unique value, and returns a result for each row', async () => {
    const twin = (name: string) => ({ name, domains: [{ domain: 'rejected-twin.example' }] })
    const answer = await create([{ name: 'Pair 0' }, twin('Pair 1'), twin('Pair 2')])
    expect(at(answer, 'createdCount')).toBe(0)
    expect(listAt(answer, 'results').map((row) => at(row, 'userErrors.0.code') ?? null)).toEqual([
      null,
      null,
      'DUPLICATE',
    ])
    expect(await counted('Pair ')).toBe(0)
  })

  it('creates one interaction for two rows with the same source and sourceId, and returns it for both rows', async () => {
    const call = { call: { occurredAt: '2024-05-01T10:00:00Z', source: 'pbx', sourceId: 'twice' } }
    const answer = at(
      await app.as('member').must(LOG, {
        input: {
          records: [call, { note: { occurredAt: '2024-05-01T10:00:00Z' } }, call],
          errorPolicy: 'REJECT_FAILED',
        },
      }),
      'logInteractions',
    )
    const ids = listAt(answer, 'results').map((row) => at(row, 'interaction.id'))
    expect(ids[0]).toEqual(expect.any(String))
    expect(ids[2]).toBe(ids[0])
    expect(
      at(
        await app.as('member').must('{ interactions(filter: { sourceId: { equals: "twice" } }) { totalCount } }'),
        'interactions.totalCount',
      ),
    ).toBe(1)
  })
})
