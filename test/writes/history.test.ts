import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addTeam, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const UPDATE = `mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) { account { version } userErrors { code } }
}`
const HISTORY = `query ($id: ID!) { node(id: $id) {
  ... on Account { history { totalCount nodes { at operation version actor { displayName } changes { field from to } } } }
} }`

async function update(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(UPDATE, { input }), 'updateAccount')
}

describe('the history of a record', () => {
  it('lists who changed what, with old and new values, latest first', async () => {
    const [admin, member] = [app.as('admin'), app.as('member')]
    const made = await addAccount(admin, { name: 'Old', industry: 'Retail' })
    await update({ id: made.id, version: 1, name: 'New', industry: 'Retail', employeeCount: 5 })
    const gone = await setDeleted(admin, 'delete', 'Account', { id: made.id, version: 2 })
    await setDeleted(member, 'restore', 'Account', gone)
    const entries = listAt(await member.must(HISTORY, { id: made.id }), 'node.history.nodes')
    const told = entries.map((entry) => [at(entry, 'operation'), at(entry, 'version'), at(entry, 'actor.displayName')])
    expect(told).toEqual([
      ['RESTORED', 4, 'Member'],
      ['DELETED', 3, 'admin'],
      ['UPDATED', 2, 'Member'],
      ['CREATED', 1, 'admin'],
    ])
    const changesOf = (index: number) =>
      new Map(
        listAt(entries[index], 'changes').map((change) => [
          at(change, 'field'),
          [at(change, 'from'), at(change, 'to')],
        ]),
      )
    expect(changesOf(2)).toEqual(
      new Map<string, unknown>([
        ['name', ['Old', 'New']],
        ['employeeCount', [null, 5]],
      ]),
    )
    expect(changesOf(3)).toEqual(
      new Map<string, unknown>([
        ['name', [null, 'Old']],
        ['industry', [null, 'Retail']],
      ]),
    )
    expect([...changesOf(0).keys()]).toEqual(['deletedAt'])
  })

  it('shows a related record by its record id', async () => {
    const member = app.as('member')
    const parent = await addAccount(member, { name: 'Above' })
    const made = await addAccount(member, { name: 'Below', parentId: parent.id })
    const created = listAt(await member.must(HISTORY, { id: made.id }), 'node.history.nodes.0.changes')
    expect(created.find((change) => at(change, 'field') === 'parentId')).toEqual({
      field: 'parentId',
      from: null,
      to: parent.id,
    })
  })
})

describe('delete and restore', () => {
  it('hide a record from queries and show it again, and each increases the version of the record', async () => {
    const member = app.as('member')
    const made = await addAccount(member, { name: 'Comes and goes', industry: 'Leaving' })
    const read = `query ($id: ID!) {
      account(id: $id) { id } shown: account(id: $id, includeDeleted: true) { deletedAt }
      accounts(filter: { industry: { equals: "Leaving" } }) { totalCount }
      all: accounts(filter: { industry: { equals: "Leaving" } }, includeDeleted: true) { totalCount }
    }`
    const gone = await setDeleted(member, 'delete', 'Account', made)
    expect(gone.version).toBe(2)
    expect(await member.must(read, { id: made.id })).toMatchObject({
      account: null,
      shown: { deletedAt: expect.any(String) },
      accounts: { totalCount: 0 },
      all: { totalCount: 1 },
    })
    const restored = await setDeleted(member, 'restore', 'Account', gone)
    expect(restored.version).toBe(3)
    expect(await member.must(read, { id: made.id })).toMatchObject({
      account: { id: made.id },
      shown: { deletedAt: null },
      accounts: { totalCount: 1 },
    })
  })

  it('are refused with a stale version, and when the record to delete is deleted or the record to restore is not', async () => {
    const member = app.as('member')
    const made = await addAccount(member, { name: 'Once' })
    const act = async (verb: string, version: number) => {
      const input = `${verb === 'deleteAccount' ? 'DeleteAccountInput' : 'RestoreAccountInput'}!`
      return refusals(
        await member.must(`mutation ($input: ${input}) { ${verb}(input: $input) { userErrors { code } } }`, {
          input: { id: made.id, version },
        }),
        verb,
      )
    }
    expect(await act('restoreAccount', 1)).toEqual(['NOT_FOUND'])
    expect(await act('deleteAccount', 9)).toEqual(['STALE_VERSION'])
    expect(await act('deleteAccount', 1)).toEqual([])
    expect(await act('deleteAccount', 2)).toEqual(['NOT_FOUND'])
    expect(
      refusals({ updateAccount: await update({ id: made.id, version: 2, name: 'Late' }) }, 'updateAccount'),
    ).toEqual(['NOT_FOUND'])
    expect(await act('restoreAccount', 2)).toEqual([])
  })

  it('free the unique name of a deleted record, and refuse to restore the record once another record has the name', async () => {
    const admin = app.as('admin')
    const first = await addTeam(admin, { name: 'North' })
    const taken = await admin.must('mutation { createTeam(input: { name: "North" }) { userErrors { code path } } }')
    expect(at(taken, 'createTeam.userErrors')).toEqual([{ code: 'DUPLICATE', path: ['input', 'name'] }])
    const gone = await setDeleted(admin, 'delete', 'Team', first)
    await addTeam(admin, { name: 'North' })
    const clash = await admin.must(
      'mutation ($input: RestoreTeamInput!) { restoreTeam(input: $input) { userErrors { code } } }',
      { input: gone },
    )
    expect(refusals(clash, 'restoreTeam')).toEqual(['DUPLICATE'])
  })
})
