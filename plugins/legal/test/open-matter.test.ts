import { at, errorCodes, listAt, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, createMatter, createRecord, openApp, openMatter, send } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let person: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  person = await createRecord(client, 'Contact', { firstName: 'Nikola', lastName: 'Tesla' })
})
afterAll(() => app.close())

describe('a matter', () => {
  it('has parties, each of which is a contact, an account or a name: a contact together with a name is refused', async () => {
    const id = await createMatter(client, [
      { role: 'CLIENT', contactId: person },
      { role: 'JUDGE', name: 'Judge Dredd' },
    ])
    const data = await client.must(
      'query ($id: ID!) { matter(id: $id) { status parties { role name contact { lastName } account { name } } } }',
      { id },
    )
    expect(at(data, 'matter')).toEqual({
      status: 'PENDING',
      parties: [
        { role: 'CLIENT', name: null, contact: { lastName: 'Tesla' }, account: null },
        { role: 'JUDGE', name: 'Judge Dredd', contact: null, account: null },
      ],
    })
    const both = { number: 'X', name: 'X', parties: [{ role: 'CLIENT', contactId: person, name: 'Tesla' }] }
    expect(at(await send(client, 'createMatter', both, 'matter { id }'), 'userErrors.0.code')).toBe('INVALID')
  })

  it('cannot have the number of another matter of the workspace, but can have a number that is used in another workspace', async () => {
    await createMatter(client, [], { number: 'ONE' })
    const again = await send(client, 'createMatter', { number: 'ONE', name: 'Again' }, 'matter { id }')
    expect(again).toMatchObject({ matter: null, userErrors: [{ code: 'DUPLICATE', path: ['input', 'number'] }] })
    await createMatter(app.as('member', 'globex'), [], { number: 'ONE' })
  })

  it('is listed under matters of an account that is one of its parties, with the role of the account', async () => {
    const accountId = await createRecord(client, 'Account', { name: 'Westinghouse' })
    await createMatter(client, [{ role: 'INSURER', accountId }], { name: 'War of the currents' })
    const data = await client.must(
      'query ($id: ID!) { account(id: $id) { matters { totalCount edges { role node { name } } } } }',
      { id: accountId },
    )
    expect(at(data, 'account.matters')).toEqual({
      totalCount: 1,
      edges: [{ role: 'INSURER', node: { name: 'War of the currents' } }],
    })
    app.resetStatements()
    await client.must('{ contacts { nodes { matters { edges { role node { name parties { name } } } } } } }')
    expect(app.statements).toHaveLength(1)
  })
})

describe('openMatter', () => {
  it('opens a matter for which there are no conflicts, and stores the conflict check', async () => {
    const id = await createMatter(client, [{ role: 'CLIENT', name: 'Hedy Lamarr' }])
    app.resetStatements()
    expect(await openMatter(client, id, 1)).toMatchObject({
      matter: { status: 'OPEN', openedOn: '2026-06-15', version: 2 },
      hits: [],
      userErrors: [],
    })
    // Statements for the matter, the check, the report and the update with their savepoints, rule and log, and the response.
    expect(app.statements).toHaveLength(13)
    const data = await client.must(
      'query ($id: ID!) { matter(id: $id) { history { nodes { operation } } conflictReports { nodes { hitCount matterVersion } } } }',
      { id },
    )
    expect(at(data, 'matter.conflictReports.nodes')).toEqual([{ hitCount: 0, matterVersion: 1 }])
    expect(listAt(data, 'matter.history.nodes')).toHaveLength(2)
    expect((await app.changes()).slice(-2)).toMatchObject([
      { type: 'ConflictReport', operation: 'CREATED' },
      { type: 'Matter', operation: 'UPDATED', recordId: id },
    ])
  })

  it('refuses a matter whose party is on the opposite side in another matter, until each conflict is waived with a reason', async () => {
    await createMatter(client, [
      { role: 'CLIENT', contactId: person },
      { role: 'ADVERSE_PARTY', name: 'Thomas Edison' },
    ])
    const id = await createMatter(client, [
      { role: 'CLIENT', name: 'Edison, Thomas' },
      { role: 'ADVERSE_PARTY', contactId: person },
      { role: 'WITNESS', name: 'Hedy Lamarr' },
    ])
    const refused = await openMatter(client, id, 1)
    const conflictIds = listAt(refused, 'userErrors.0.conflictIds')
    expect(refused).toMatchObject({
      matter: null,
      report: null,
      userErrors: [{ __typename: 'ConflictOfInterestError', code: 'CONFLICT_OF_INTEREST' }],
    })
    // Tesla is a client in two other matters, and Edison an adverse party in one. A witness is never a conflict.
    expect(conflictIds).toHaveLength(3)
    const conflicts = (await check(client, { matterId: id })).filter(({ isConflict }) => isConflict)
    expect(conflicts.map(({ conflictId }) => conflictId).sort()).toEqual([...conflictIds].sort())

    const [first, ...others] = conflictIds.map((conflictId) => ({ conflictId, reason: 'Informed consent of both.' }))
    const withoutFirst = await openMatter(client, id, 1, others)
    expect(listAt(withoutFirst, 'userErrors.0.conflictIds')).toEqual([first?.conflictId])
    expect(at(withoutFirst, 'userErrors.0.message')).toContain('Waive the conflict of interest with a reason')
    const withEmptyReason = [...others, { conflictId: first?.conflictId, reason: '  ' }]
    expect(at(await openMatter(client, id, 1, withEmptyReason), 'matter')).toBeNull()

    const opened = await openMatter(client, id, 1, [first ?? {}, ...others])
    expect(opened).toMatchObject({ matter: { status: 'OPEN' }, userErrors: [] })
    const report = await app
      .as('reader')
      .must(
        'query ($id: ID!) { conflictReport(id: $id) { note conflictCount createdBy { displayName } } reportedConflicts(reportId: $id) { isConflict waiver } }',
        { id: textAt(opened, 'report.id') },
      )
    expect(at(report, 'conflictReport')).toEqual({
      note: 'Talked over.',
      conflictCount: 3,
      createdBy: { displayName: 'Member' },
    })
    expect(listAt(report, 'reportedConflicts').slice(0, 3)).toEqual(
      Array.from({ length: 3 }, () => ({ isConflict: true, waiver: 'Informed consent of both.' })),
    )
  })

  it('refuses a matter with an adverse party whose parent organisation is a client in another matter', async () => {
    const parentId = await createRecord(client, 'Account', { name: 'Umbrella Group' })
    const accountId = await createRecord(client, 'Account', { name: 'Racoon Chemicals', parentId })
    await createMatter(client, [{ role: 'CLIENT', accountId: parentId }])
    const id = await createMatter(client, [{ role: 'ADVERSE_PARTY', accountId }])
    expect(at(await openMatter(client, id, 1), 'userErrors.0.__typename')).toBe('ConflictOfInterestError')
  })

  it('is the only way to open a matter: updates of the status and business acts without a conflict check are refused', async () => {
    const id = await createMatter(client, [{ role: 'CLIENT', name: 'Grace Hopper' }])
    const bypassed = await send(client, 'bypassConflictCheck', { id, version: 1 }, 'matter { status }')
    expect(bypassed).toMatchObject({ matter: null, userErrors: [{ __typename: 'RuleViolation' }] })
    const direct = await client.query(
      'mutation ($input: UpdateMatterInput!) { updateMatter(input: $input) { matter { id } } }',
      { input: { id, version: 1, status: 'OPEN' } },
    )
    expect(direct.errors).toHaveLength(1)
    const disabled = await app
      .as('admin')
      .must('mutation { disableRule(input: { rule: "legal.noOtherWay" }) { userErrors { code } } }')
    expect(at(disabled, 'disableRule.userErrors.0.code')).toBe('INVALID')

    expect(at(await openMatter(client, id, 1), 'matter.status')).toBe('OPEN')
    expect(at(await send(client, 'closeMatter', { id, version: 2 }, 'matter { status closedOn }'), 'matter')).toEqual({
      status: 'CLOSED',
      closedOn: '2026-06-15',
    })
    // A conflict check of one version of the matter is not valid for the next version.
    expect(at(await send(client, 'bypassConflictCheck', { id, version: 3 }, 'matter { status }'), 'matter')).toBeNull()
    expect(at(await openMatter(client, id, 2), 'userErrors.0.code')).toBe('STALE_VERSION')
    expect(at(await openMatter(client, id, 3), 'matter.status')).toBe('OPEN')
  })

  it('refuses readers with FORBIDDEN, and callers of another workspace with NOT_FOUND', async () => {
    const id = await createMatter(client, [])
    const document = 'mutation ($id: ID!) { openMatter(input: { id: $id, version: 1 }) { userErrors { code } } }'
    expect(errorCodes(await app.as('reader').query(document, { id }))).toEqual(['FORBIDDEN'])
    expect(at(await openMatter(app.as('admin', 'globex'), id, 1), 'userErrors.0.code')).toBe('NOT_FOUND')
    expect(at(await openMatter(client, 'matter_nonsense', 1), 'userErrors.0.code')).toBe('NOT_FOUND')
  })
})
