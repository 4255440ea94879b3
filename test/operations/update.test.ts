import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, refusals } from '../support/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, addContact, addTeam, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const UPDATE = `mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    account { version name industry employeeCount website annualRevenue { amount currency } domains { domain isPrimary } parent { name } }
    userErrors { __typename code message path ... on StaleVersionError { currentVersion conflicts { field base theirs yours } } }
  }
}`
const HISTORY = `query ($id: ID!) { node(id: $id) {
  ... on Account { history { totalCount nodes { at operation version actor { displayName } changes { field from to } } } }
} }`

async function update(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(UPDATE, { input }), 'updateAccount')
}

describe('update', () => {
  it('changes what the input holds, empties what is null, and keeps the rest', async () => {
    const member = app.as('member')
    const parent = await addAccount(member, { name: 'Parent' })
    const made = await addAccount(member, {
      name: 'Acme',
      industry: 'Retail',
      employeeCount: 12,
      annualRevenue: { amount: '5', currency: 'EUR' },
      domains: [{ domain: 'acme-update.example' }, { domain: 'www.acme-2.example', isPrimary: true }],
      parentId: parent.id,
    })
    const domains = [
      { domain: 'acme-update.example', isPrimary: false },
      { domain: 'acme-2.example', isPrimary: true },
    ]
    expect(at(await update({ id: made.id, version: 1, industry: null, employeeCount: 13 }), 'account')).toEqual({
      version: 2,
      name: 'Acme',
      industry: null,
      employeeCount: 13,
      website: null,
      annualRevenue: { amount: '5.00', currency: 'EUR' },
      domains,
      parent: { name: 'Parent' },
    })
    const emptied = await update({ id: made.id, version: 2, annualRevenue: null, domains: [], parentId: null })
    expect(at(emptied, 'account')).toMatchObject({
      version: 3,
      annualRevenue: null,
      domains: [],
      parent: null,
      employeeCount: 13,
    })
  })

  it('refuses to empty what is required, and then changes nothing', async () => {
    const made = await addAccount(app.as('member'), { name: 'Named', industry: 'Retail' })
    for (const name of [null, '', '   ']) {
      const refused = await update({ id: made.id, version: 1, name, industry: 'Other' })
      expect(refused).toMatchObject({
        account: null,
        userErrors: [{ __typename: 'InvalidInputError', code: 'INVALID', path: ['input', 'name'] }],
      })
    }
    expect(
      await app.as('member').must('query ($id: ID!) { account(id: $id) { version industry } }', { id: made.id }),
    ).toEqual({ account: { version: 1, industry: 'Retail' } })
  })

  it('that changes nothing makes no version, no change and no history', async () => {
    const made = await addAccount(app.as('member'), {
      name: 'Same',
      employeeCount: 3,
      annualRevenue: { amount: '10.5', currency: 'USD' },
      domains: [{ domain: 'same.example' }],
    })
    const same = {
      id: made.id,
      version: 1,
      name: ' Same ',
      employeeCount: 3,
      annualRevenue: { amount: '10.5000', currency: 'USD' },
      domains: [{ domain: 'SAME.example' }],
    }
    expect(await update(same)).toMatchObject({ account: { version: 1, name: 'Same' }, userErrors: [] })
    expect(at(await app.as('member').must(HISTORY, { id: made.id }), 'node.history.totalCount')).toBe(1)
    await logSettled(app)
    const changes = await app
      .as('member')
      .must('query ($ids: [ID!]) { changes(filter: { recordIds: $ids }) { totalCount } }', { ids: [made.id] })
    expect(at(changes, 'changes.totalCount')).toBe(1)
  })

  it('of a stale version tells base, theirs and yours of each field in conflict', async () => {
    const made = await addAccount(app.as('member'), {
      name: 'Base',
      industry: 'Retail',
      employeeCount: 1,
      tier: 'Gold',
    })
    await update({ id: made.id, version: 1, name: 'Second' })
    await update({ id: made.id, version: 2, name: 'Theirs', employeeCount: 2, industry: 'Banking' })
    const stale = await update({
      id: made.id,
      version: 1,
      name: 'Yours',
      employeeCount: 2,
      tier: 'Silver',
      industry: null,
    })
    expect(at(stale, 'account')).toBeNull()
    expect(at(stale, 'userErrors')).toMatchObject([
      { __typename: 'StaleVersionError', code: 'STALE_VERSION', path: ['input', 'version'], currentVersion: 3 },
    ])
    // The same employeeCount is no conflict, and nobody else touched tier.
    expect(listAt(stale, 'userErrors.0.conflicts')).toEqual([
      { field: 'name', base: 'Base', theirs: 'Theirs', yours: 'Yours' },
      { field: 'industry', base: 'Retail', theirs: 'Banking', yours: null },
    ])
    expect(
      await app.as('member').must('query ($id: ID!) { account(id: $id) { version tier } }', { id: made.id }),
    ).toEqual({ account: { version: 3, tier: 'Gold' } })
  })

  it('of a stale version compares money, relations and parts as clients write them', async () => {
    const member = app.as('member')
    const [one, two] = [await addAccount(member, { name: 'One' }), await addAccount(member, { name: 'Two' })]
    const made = await addAccount(member, {
      name: 'Parts',
      annualRevenue: { amount: '1', currency: 'USD' },
      parentId: one.id,
      domains: [{ domain: 'parts-1.example' }],
    })
    await update({
      id: made.id,
      version: 1,
      annualRevenue: { amount: '2.50', currency: 'USD' },
      parentId: two.id,
      domains: [{ domain: 'parts-2.example' }],
    })
    const stale = await update({
      id: made.id,
      version: 1,
      annualRevenue: { amount: '3', currency: 'EUR' },
      parentId: null,
      domains: [],
    })
    const conflicts = listAt(stale, 'userErrors.0.conflicts')
    expect(conflicts).toContainEqual({
      field: 'annualRevenue',
      base: { amount: '1.00', currency: 'USD' },
      theirs: { amount: '2.50', currency: 'USD' },
      yours: { amount: '3.00', currency: 'EUR' },
    })
    expect(conflicts).toContainEqual({ field: 'parentId', base: one.id, theirs: two.id, yours: null })
    expect(conflicts).toContainEqual({
      field: 'domains',
      base: [{ domain: 'parts-1.example', isPrimary: true }],
      theirs: [{ domain: 'parts-2.example', isPrimary: true }],
      yours: [],
    })
    expect(conflicts).toHaveLength(3)
  })

  it('of a version that never was is stale too', async () => {
    const made = await addAccount(app.as('member'), { name: 'Future' })
    expect(at(await update({ id: made.id, version: 7, name: 'Later' }), 'userErrors')).toMatchObject([
      { code: 'STALE_VERSION', currentVersion: 1, conflicts: [] },
    ])
  })

  it('collects every mistake of the input at once, each at its place', async () => {
    const made = await addAccount(app.as('member'), { name: 'Mistakes' })
    const refused = await update({
      id: made.id,
      version: 1,
      website: 'no domain',
      phone: '12',
      employeeCount: -1,
      parentId: 'account_00000000000000000000000000',
      domains: [{ domain: 'ok.example' }, { domain: 'x' }],
    })
    const errors = listAt(refused, 'userErrors').map((error) => [at(error, 'code'), listAt(error, 'path').join('.')])
    expect(new Map(errors.map(([code, path]) => [path, code]))).toEqual(
      new Map([
        ['input.website', 'INVALID'],
        ['input.phone', 'INVALID'],
        ['input.employeeCount', 'INVALID'],
        ['input.domains.1.domain', 'INVALID'],
        ['input.parentId', 'NOT_FOUND'],
      ]),
    )
  })
})

describe('history', () => {
  it('tells who did what when, old and new, the latest first', async () => {
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

  it('names records by their public ids', async () => {
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
  it('take a record out of every list and put it back, at a new version each', async () => {
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

  it('refuse what is put away already, what is not, and a stale version', async () => {
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

  it('keep a name that is unique free while it is put away, and refuse to restore into a clash', async () => {
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

describe('who may write', () => {
  it('a reader may not, whatever the mutation; nothing is written', async () => {
    const reader = app.as('reader')
    const made = await addContact(app.as('member'), { lastName: 'Kept' })
    const mutations = [
      'createAccount(input: { name: "No" }) { userErrors { code } }',
      'createAccounts(input: { records: [{ name: "No" }] }) { createdCount }',
      `updateContact(input: { id: "${made.id}", version: 1, lastName: "No" }) { userErrors { code } }`,
      `deleteContact(input: { id: "${made.id}", version: 1 }) { userErrors { code } }`,
      `logInteraction(input: { note: { occurredAt: "2024-01-01T00:00:00Z" } }) { userErrors { code } }`,
    ]
    for (const mutation of mutations) {
      const { data, errors } = await reader.query(`mutation { ${mutation} }`)
      expect([mutation, errorCodes({ errors })]).toEqual([mutation, ['FORBIDDEN']])
      expect(data).toBeNull()
    }
    const seen = await reader.must(
      'query ($id: ID!) { contact(id: $id) { version lastName } accounts(filter: { name: { equals: "No" } }) { totalCount } }',
      { id: made.id },
    )
    expect(seen).toEqual({ contact: { version: 1, lastName: 'Kept' }, accounts: { totalCount: 0 } })
  })

  it('the answer to a reader does not tell whether a record is there', async () => {
    const made = await addContact(app.as('member'), { lastName: 'Secret' })
    const run = (id: string) =>
      app
        .as('reader')
        .query('mutation ($id: ID!) { deleteContact(input: { id: $id, version: 1 }) { userErrors { code } } }', { id })
    expect(await run(made.id)).toEqual(await run('contact_00000000000000000000000000'))
  })

  it('a member does not administrate: roles and API keys are not theirs to see', async () => {
    const roles = await app.as('member').query('{ roles { nodes { name } } }')
    expect(errorCodes(roles)).toEqual(['FORBIDDEN'])
    expect(at(await app.as('admin').must('{ roles { totalCount } }'), 'roles.totalCount')).toBe(3)
  })
})
