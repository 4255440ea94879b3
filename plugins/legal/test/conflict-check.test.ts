import { at, type PluginTestApp, type PluginTestClient, textsAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, found, make, makeMatter, openApp, send } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let ada: string
let group: string
let subsidiary: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  ada = await make(client, 'Contact', { firstName: 'Ada Byron', lastName: 'Lovelace' })
  await make(client, 'Contact', { firstName: 'Ada', lastName: 'Yonath' })
  await make(client, 'Contact', { firstName: 'Linda', lastName: 'Loveless' })
  group = await make(client, 'Account', { name: 'Zaffre Holdings' })
  subsidiary = await make(client, 'Account', { name: 'Mauve Dyes GmbH', parentId: group })
})
afterAll(() => app.close())

describe('names', () => {
  it.each([
    'Ada Byron Lovelace',
    'Ada Lovelace',
    'A. B. Lovelace',
    'Lovelace, Ada',
    'Lovelace',
    'Ada Lovlace',
    'Lady Ada Lovelace',
  ])('finds a person as %s', async (name) => {
    expect(await found(client, name)).toEqual([ada])
  })

  it.each(['Mauve Dyes', 'MAUVE DYES Ltd', 'Dyes Mauve', 'Mauve Dye'])('finds an organisation as %s', async (name) => {
    expect(await found(client, name)).toContain(subsidiary)
  })

  it.each(['Charles Babbage', 'Byron Babbage', 'Ada Babbage', 'A', '', "';--", '%'])(
    'does not take %s for her',
    async (name) => {
      expect(await found(client, name)).toEqual([])
    },
  )

  it('finds the same in whatever order, case and diacritics', async () => {
    const marks = ['', '\u0301', '\u0308', '\u0327']
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    for (let round = 0; round < 60; round++) {
      const words = ['Ada', 'Byron', 'Lovelace'].sort(() => random(3) - 1)
      const name = words
        .join([' ', ', ', '-', '  '][random(4)])
        .replaceAll(/[a-z]/gi, (letter) => (random(2) ? letter.toUpperCase() : letter.toLowerCase()) + marks[random(4)])
        .normalize('NFC')
      expect(await found(client, name), name).toEqual([ada])
    }
  })

  it('finds who was called so before, and by another spelling that somebody noted', async () => {
    const id = await make(client, 'Contact', { firstName: 'Mileva', lastName: 'Maric' })
    await send(client, 'updateContact', { id, version: 1, lastName: 'Einstein' }, 'contact { id }')
    expect(await found(client, 'Mileva Marić')).toEqual([id])
    await make(client, 'AlternateName', { contactId: id, name: 'Милева Марич' })
    expect(await found(client, 'милева марич')).toEqual([id])
    const names = await client.must('query ($id: ID!) { contact(id: $id) { alternateNames { nodes { name } } } }', {
      id,
    })
    expect(textsAt(names, 'contact.alternateNames.nodes', 'name').sort()).toEqual(['Mileva Maric', 'Милева Марич'])
  })
})

describe('relations', () => {
  it('finds organisations above and below', async () => {
    expect(await check(client, { accountIds: [subsidiary] })).toMatchObject([
      { reason: 'HIERARCHY', record: { id: group } },
    ])
    const hits = await check(client, { names: ['Zaffre Holdings'] })
    expect(hits.map(({ record, reason }) => [record?.id, reason])).toEqual([
      [group, 'NAME'],
      [subsidiary, 'HIERARCHY'],
    ])
  })

  it('finds a spouse, and a client of ours behind her', async () => {
    const [wife, husband] = [
      await make(client, 'Contact', { firstName: 'Marie', lastName: 'Skłodowska' }),
      await make(client, 'Contact', { firstName: 'Pierre', lastName: 'Curie' }),
    ]
    const typeId = await make(client, 'RelationshipType', { name: 'spouse of', inverseName: 'spouse of' })
    await make(client, 'Relationship', { typeId, fromId: wife, toId: husband })
    const matterId = await makeMatter(client, [{ role: 'CLIENT', contactId: husband }])
    const hits = await check(client, { names: ['Sklodowska, Marie'] })
    expect(hits).toMatchObject([
      { reason: 'RELATIONSHIP', isConflict: true, record: { id: husband }, matter: { id: matterId } },
      { reason: 'NAME', isConflict: false, record: { id: wife }, matter: null },
    ])
    expect(at(hits, '0.score')).toBe(0.8)
  })
})

describe('what the caller may not see', () => {
  it('is told to be there, and no more', async () => {
    const id = await make(client, 'Contact', { firstName: 'Rosalind', lastName: 'Franklin' })
    await makeMatter(client, [{ role: 'ADVERSE_PARTY', contactId: id }])
    expect(await check(client, { names: ['Rosalind Franklin'] })).toMatchObject([{ record: { id }, isConflict: true }])
    await send(client, 'deleteContact', { id }, 'contact { id }')
    const hits = await check(client, { names: ['Rosalind Franklin'] })
    expect(hits).toMatchObject([{ reason: 'NAME', isConflict: true, record: null, searched: 'Rosalind Franklin' }])
    expect(JSON.stringify(hits)).not.toContain(id)
  })

  it('is not looked for, and that is told', async () => {
    const data = await client.must(
      'query ($ids: [ID!]) { conflictCheck(contactIds: $ids) { isComplete hits { reason } } }',
      { ids: [ada, 'contact_nonsense'] },
    )
    expect(at(data, 'conflictCheck.isComplete')).toBe(false)
  })

  it('is everything of another workspace', async () => {
    const other = app.as('member', 'globex')
    expect(await check(other, { names: ['Ada Lovelace', 'Zaffre Holdings'], contactIds: [ada] })).toEqual([])
    await makeMatter(other, [{ role: 'CLIENT', name: 'Somebody Else' }])
    expect(await found(client, 'Somebody Else')).toEqual([])
  })
})

describe('a check that is kept', () => {
  it('tells who, when and what was found', async () => {
    const kept = await send(
      client,
      'saveConflictCheck',
      { names: ['Ada Lovelace'] },
      'report { id names hitCount conflictCount createdBy { id } createdAt } hits { record { __typename } }',
    )
    expect(kept).toMatchObject({
      report: { names: ['Ada Lovelace'], hitCount: 1, conflictCount: 0, createdAt: '2026-06-15T12:00:00.000Z' },
      hits: [{ record: { __typename: 'Contact' } }],
      userErrors: [],
    })
    const read = await app
      .as('reader')
      .must(
        'query ($id: ID!) { conflictReport(id: $id) { names } reportedConflicts(reportId: $id) { reason score record { __typename } waiver } }',
        { id: at(kept, 'report.id') },
      )
    expect(read).toMatchObject({
      reportedConflicts: [{ reason: 'NAME', record: { __typename: 'Contact' }, waiver: null }],
    })
    expect(await send(client, 'saveConflictCheck', { matterId: ada }, 'report { id }')).toMatchObject({
      report: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    })
  })

  it('sends one statement for the search', async () => {
    app.resetStatements()
    await check(client, { names: ['Ada Lovelace', 'Mauve Dyes', 'Nobody'] })
    expect(app.statements.filter((text) => text.includes('legal_conflicts'))).toHaveLength(1)
    // Beside it: the records that were found.
    expect(app.statements).toHaveLength(2)
  })
})
