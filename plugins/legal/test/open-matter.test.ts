import { at, errorCodes, listAt, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, make, makeMatter, open, openApp, send } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let person: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  person = await make(client, 'Contact', { firstName: 'Nikola', lastName: 'Tesla' })
})
afterAll(() => app.close())

describe('a matter', () => {
  it('has parties, of which each is one person, organisation or name', async () => {
    const id = await makeMatter(client, [
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

  it('has a number that no other one has, in its workspace', async () => {
    await makeMatter(client, [], { number: 'ONE' })
    const again = await send(client, 'createMatter', { number: 'ONE', name: 'Again' }, 'matter { id }')
    expect(again).toMatchObject({ matter: null, userErrors: [{ code: 'DUPLICATE', path: ['input', 'number'] }] })
    await makeMatter(app.as('member', 'globex'), [], { number: 'ONE' })
  })

  it('is on the people and organisations in it', async () => {
    const accountId = await make(client, 'Account', { name: 'Westinghouse' })
    await makeMatter(client, [{ role: 'INSURER', accountId }], { name: 'War of the currents' })
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

describe('opening', () => {
  it('is done where nothing stands in the way, and is kept', async () => {
    const id = await makeMatter(client, [{ role: 'CLIENT', name: 'Hedy Lamarr' }])
    app.resetStatements()
    expect(await open(client, id, 1)).toMatchObject({
      matter: { status: 'OPEN', openedOn: '2026-06-15', version: 2 },
      hits: [],
      userErrors: [],
    })
    // Matter, check, report, the write between its savepoints with rule and log, and the answer.
    expect(app.statements).toHaveLength(11)
    const data = await client.must(
      'query ($id: ID!) { matter(id: $id) { history { nodes { operation } } conflictReports { nodes { hitCount matterVersion } } } }',
      { id },
    )
    expect(at(data, 'matter.conflictReports.nodes')).toEqual([{ hitCount: 0, matterVersion: 1 }])
    expect(listAt(data, 'matter.history.nodes')).toHaveLength(2)
    expect((await app.changes()).at(-1)).toMatchObject({ type: 'Matter', operation: 'UPDATED', recordId: id })
  })

  it('is refused for a party on the other side of another matter, either way round, until each is waived', async () => {
    await makeMatter(client, [
      { role: 'CLIENT', contactId: person },
      { role: 'ADVERSE_PARTY', name: 'Thomas Edison' },
    ])
    const id = await makeMatter(client, [
      { role: 'CLIENT', name: 'Edison, Thomas' },
      { role: 'ADVERSE_PARTY', contactId: person },
      { role: 'WITNESS', name: 'Hedy Lamarr' },
    ])
    const refused = await open(client, id, 1)
    const conflictIds = listAt(refused, 'userErrors.0.conflictIds')
    expect(refused).toMatchObject({
      matter: null,
      report: null,
      userErrors: [{ __typename: 'ConflictOfInterestError', code: 'CONFLICT_OF_INTEREST' }],
    })
    // Tesla is a client of ours in two matters by now, Edison an adverse party in one; a witness is on no side.
    expect(conflictIds).toHaveLength(3)
    const conflicts = (await check(client, { matterId: id })).filter(({ isConflict }) => isConflict)
    expect(conflicts.map(({ conflictId }) => conflictId).sort()).toEqual([...conflictIds].sort())

    const [first, ...others] = conflictIds.map((conflictId) => ({ conflictId, reason: 'Informed consent of both.' }))
    const withOneLeft = await open(client, id, 1, others)
    expect(listAt(withOneLeft, 'userErrors.0.conflictIds')).toEqual([first?.conflictId])
    expect(at(withOneLeft, 'userErrors.0.message')).toContain('Waive the conflict of interest with a reason')
    const empty = [...others, { conflictId: first?.conflictId, reason: '  ' }]
    expect(at(await open(client, id, 1, empty), 'matter')).toBeNull()

    const opened = await open(client, id, 1, [first ?? {}, ...others])
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

  it('is refused for who stands on both sides through an organisation', async () => {
    const parentId = await make(client, 'Account', { name: 'Umbrella Group' })
    const accountId = await make(client, 'Account', { name: 'Racoon Chemicals', parentId })
    await makeMatter(client, [{ role: 'CLIENT', accountId: parentId }])
    const id = await makeMatter(client, [{ role: 'ADVERSE_PARTY', accountId }])
    expect(at(await open(client, id, 1), 'userErrors.0.__typename')).toBe('ConflictOfInterestError')
  })

  it('goes no other way', async () => {
    const id = await makeMatter(client, [{ role: 'CLIENT', name: 'Grace Hopper' }])
    const sneaky = await send(client, 'sneakMatterOpen', { id, version: 1 }, 'matter { status }')
    expect(sneaky).toMatchObject({ matter: null, userErrors: [{ __typename: 'RuleViolation' }] })
    const direct = await client.query(
      'mutation ($input: UpdateMatterInput!) { updateMatter(input: $input) { matter { id } } }',
      { input: { id, version: 1, status: 'OPEN' } },
    )
    expect(direct.errors).toHaveLength(1)
    const off = await app
      .as('admin')
      .must('mutation { disableRule(input: { rule: "legal.noOtherWay" }) { userErrors { code } } }')
    expect(at(off, 'disableRule.userErrors.0.code')).toBe('INVALID')

    expect(at(await open(client, id, 1), 'matter.status')).toBe('OPEN')
    expect(at(await send(client, 'closeMatter', { id, version: 2 }, 'matter { status closedOn }'), 'matter')).toEqual({
      status: 'CLOSED',
      closedOn: '2026-06-15',
    })
    // What was decided for one version of the matter is not decided for the next.
    expect(at(await send(client, 'sneakMatterOpen', { id, version: 3 }, 'matter { status }'), 'matter')).toBeNull()
    expect(at(await open(client, id, 2), 'userErrors.0.code')).toBe('STALE_VERSION')
    expect(at(await open(client, id, 3), 'matter.status')).toBe('OPEN')
  })

  it('is not for who may only read, nor across workspaces', async () => {
    const id = await makeMatter(client, [])
    const document = 'mutation ($id: ID!) { openMatter(input: { id: $id, version: 1 }) { userErrors { code } } }'
    expect(errorCodes(await app.as('reader').query(document, { id }))).toEqual(['FORBIDDEN'])
    expect(at(await open(app.as('admin', 'globex'), id, 1), 'userErrors.0.code')).toBe('NOT_FOUND')
    expect(at(await open(client, 'matter_nonsense', 1), 'userErrors.0.code')).toBe('NOT_FOUND')
  })
})
