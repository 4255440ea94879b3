import { at, type PluginTestApp, type PluginTestClient, textsAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, createMatter, createRecord, foundIds, openApp, send } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
let ada: string
let group: string
let subsidiary: string

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  ada = await createRecord(client, 'Contact', { firstName: 'Ada Byron', lastName: 'Lovelace' })
  await createRecord(client, 'Contact', { firstName: 'Ada', lastName: 'Yonath' })
  await createRecord(client, 'Contact', { firstName: 'Linda', lastName: 'Loveless' })
  group = await createRecord(client, 'Account', { name: 'Zaffre Holdings' })
  subsidiary = await createRecord(client, 'Account', { name: 'Mauve Dyes GmbH', parentId: group })
})
afterAll(() => app.close())

describe('a conflict check of a name', () => {
  it.each([
    'Ada Byron Lovelace',
    'Ada Lovelace',
    'A. B. Lovelace',
    'Lovelace, Ada',
    'Lovelace',
    'Ada Lovlace',
    'Lady Ada Lovelace',
  ])('finds Ada Byron Lovelace by the name “%s”', async (name) => {
    expect(await foundIds(client, name)).toEqual([ada])
  })

  it.each(['Mauve Dyes', 'MAUVE DYES Ltd', 'Dyes Mauve', 'Mauve Dye'])(
    'finds Mauve Dyes GmbH by the name “%s”',
    async (name) => {
      expect(await foundIds(client, name)).toContain(subsidiary)
    },
  )

  it.each(['Charles Babbage', 'Byron Babbage', 'Ada Babbage', 'A', '', "';--", '%'])(
    'finds no record by the name “%s”',
    async (name) => {
      expect(await foundIds(client, name)).toEqual([])
    },
  )

  it('finds a person by the words of the name in any order, in any case and with any diacritics', async () => {
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
      expect(await foundIds(client, name), name).toEqual([ada])
    }
  })

  it('finds a contact by its former name and by an alternate spelling', async () => {
    const id = await createRecord(client, 'Contact', { firstName: 'Mileva', lastName: 'Maric' })
    await send(client, 'updateContact', { id, version: 1, lastName: 'Einstein' }, 'contact { id }')
    expect(await foundIds(client, 'Mileva Marić')).toEqual([id])
    await createRecord(client, 'AlternateName', { contactId: id, name: 'Милева Марич' })
    expect(await foundIds(client, 'милева марич')).toEqual([id])
    const names = await client.must('query ($id: ID!) { contact(id: $id) { alternateNames { nodes { name } } } }', {
      id,
    })
    expect(textsAt(names, 'contact.alternateNames.nodes', 'name').sort()).toEqual(['Mileva Maric', 'Милева Марич'])
  })
})

describe('a conflict check of related records', () => {
  it('finds the parent and child accounts of an account', async () => {
    expect(await check(client, { accountIds: [subsidiary] })).toMatchObject([
      { reason: 'HIERARCHY', record: { id: group } },
    ])
    const hits = await check(client, { names: ['Zaffre Holdings'] })
    expect(hits.map(({ record, reason }) => [record?.id, reason])).toEqual([
      [group, 'NAME'],
      [subsidiary, 'HIERARCHY'],
    ])
  })

  it('finds the spouse of a person, and reports a conflict when the spouse is a client in a matter', async () => {
    const [wife, husband] = [
      await createRecord(client, 'Contact', { firstName: 'Marie', lastName: 'Skłodowska' }),
      await createRecord(client, 'Contact', { firstName: 'Pierre', lastName: 'Curie' }),
    ]
    const typeId = await createRecord(client, 'RelationshipType', { name: 'spouse of', inverseName: 'spouse of' })
    await createRecord(client, 'Relationship', { typeId, fromId: wife, toId: husband })
    const matterId = await createMatter(client, [{ role: 'CLIENT', contactId: husband }])
    const hits = await check(client, { names: ['Sklodowska, Marie'] })
    expect(hits).toMatchObject([
      { reason: 'RELATIONSHIP', isConflict: true, record: { id: husband }, matter: { id: matterId } },
      { reason: 'NAME', isConflict: false, record: { id: wife }, matter: null },
    ])
    expect(at(hits, '0.score')).toBe(0.8)
  })
})

describe('a record that is not visible to the caller', () => {
  it('is found by its name when it was deleted, but the hit does not return the record', async () => {
    const id = await createRecord(client, 'Contact', { firstName: 'Rosalind', lastName: 'Franklin' })
    await createMatter(client, [{ role: 'ADVERSE_PARTY', contactId: id }])
    expect(await check(client, { names: ['Rosalind Franklin'] })).toMatchObject([{ record: { id }, isConflict: true }])
    await send(client, 'deleteContact', { id }, 'contact { id }')
    const hits = await check(client, { names: ['Rosalind Franklin'] })
    expect(hits).toMatchObject([{ reason: 'NAME', isConflict: true, record: null, searched: 'Rosalind Franklin' }])
    expect(JSON.stringify(hits)).not.toContain(id)
  })

  it('is not checked when its id is sent, and the conflict check returns isComplete: false', async () => {
    const data = await client.must(
      'query ($ids: [ID!]) { conflictCheck(contactIds: $ids) { isComplete hits { reason } } }',
      { ids: [ada, 'contact_nonsense'] },
    )
    expect(at(data, 'conflictCheck.isComplete')).toBe(false)
  })

  it('is not found when it belongs to another workspace', async () => {
    const other = app.as('member', 'globex')
    expect(await check(other, { names: ['Ada Lovelace', 'Zaffre Holdings'], contactIds: [ada] })).toEqual([])
    await createMatter(other, [{ role: 'CLIENT', name: 'Somebody Else' }])
    expect(await foundIds(client, 'Somebody Else')).toEqual([])
  })
})

describe('a stored conflict check', () => {
  it('has the searched names, the time and the hits, and can be read later', async () => {
    const saved = await send(
      client,
      'saveConflictCheck',
      { names: ['Ada Lovelace'] },
      'report { id names hitCount conflictCount createdBy { id } createdAt } hits { record { __typename } }',
    )
    expect(saved).toMatchObject({
      report: { names: ['Ada Lovelace'], hitCount: 1, conflictCount: 0, createdAt: '2026-06-15T12:00:00.000Z' },
      hits: [{ record: { __typename: 'Contact' } }],
      userErrors: [],
    })
    const read = await app
      .as('reader')
      .must(
        'query ($id: ID!) { conflictReport(id: $id) { names } reportedConflicts(reportId: $id) { reason score record { __typename } waiver } }',
        { id: at(saved, 'report.id') },
      )
    expect(read).toMatchObject({
      reportedConflicts: [{ reason: 'NAME', record: { __typename: 'Contact' }, waiver: null }],
    })
    expect(await send(client, 'saveConflictCheck', { matterId: ada }, 'report { id }')).toMatchObject({
      report: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    })
  })
})

it('a conflict check runs one SQL statement, and one more for the records of its hits', async () => {
  app.resetStatements()
  await check(client, { names: ['Ada Lovelace', 'Mauve Dyes', 'Nobody'] })
  expect(app.statements.filter((text) => text.includes('legal_conflicts'))).toHaveLength(1)
  expect(app.statements).toHaveLength(2)
})
