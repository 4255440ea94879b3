import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction, type Made, setDeleted } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const OF_CONTACT = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $kinds: [InteractionKind!]) {
  contact(id: $id) { timeline(first: $first, after: $after, last: $last, before: $before, kinds: $kinds) { totalCount nodes { subject } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }
}`
const OF_ACCOUNT = `query ($id: ID!, $sub: Boolean, $first: Int, $after: String, $kinds: [InteractionKind!]) {
  account(id: $id) { timeline(includeSubsidiaries: $sub, first: $first, after: $after, kinds: $kinds) { totalCount nodes { subject } pageInfo { hasNextPage endCursor } } interactions { totalCount } }
}`

async function ofContact({ id }: Made, args: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  return textsAt(await app.as('reader').must(OF_CONTACT, { id, ...args }), 'contact.timeline.nodes', 'subject')
}

async function ofAccount({ id }: Made, args: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  return textsAt(await app.as('reader').must(OF_ACCOUNT, { id, ...args }), 'account.timeline.nodes', 'subject')
}

function add(subject: string, day: string, input: Readonly<Record<string, unknown>>, kind = 'call'): Promise<Made> {
  return addInteraction(app.as('member'), kind, { subject, occurredAt: `${day}T12:00:00Z`, ...input })
}

describe('a timeline', () => {
  it('of a contact lists the interactions that the contact took part in or that are about the contact, newest first, each once', async () => {
    const ada = await addContact(app.as('member'), { lastName: 'Ada' })
    await add('middle', '2024-02-01', {
      participants: [{ contactId: ada.id }, { contactId: ada.id, role: 'CALLER' }],
      regardingIds: [ada.id],
    })
    await add('oldest', '2024-01-01', { regardingIds: [ada.id] }, 'note')
    await add('newest', '2024-03-01', { participants: [{ contactId: ada.id }] })
    await add('unrelated', '2024-03-01', { participants: [{ handle: 'ada' }] })
    expect(await ofContact(ada)).toEqual(['newest', 'middle', 'oldest'])
    expect(await ofContact(ada, { kinds: ['CALL'] })).toEqual(['newest', 'middle'])
    expect(await ofContact(ada, { kinds: ['NOTE', 'FAX'] })).toEqual(['oldest'])
    expect(await ofContact(ada, { kinds: [] })).toEqual([])
  })

  it('of an account lists the interactions about the account, and those with its contacts on the days of their role in the account', async () => {
    const acme = await addAccount(app.as('member'), { name: 'Acme' })
    const globex = await addAccount(app.as('member'), { name: 'Globex' })
    const ada = await addContact(app.as('member'), {
      lastName: 'Ada',
      accounts: [
        { accountId: acme.id, startedOn: '2020-01-01', endedOn: '2021-12-31' },
        { accountId: globex.id, startedOn: '2022-01-01' },
      ],
    })
    await add('before', '2019-12-31', { participants: [{ contactId: ada.id }] })
    await add('first day', '2020-01-01', { participants: [{ contactId: ada.id }] })
    await add('last day', '2021-12-31', { participants: [{ contactId: ada.id }] })
    await add('about her', '2021-06-01', { regardingIds: [ada.id] }, 'note')
    await add('at Globex', '2022-01-01', { participants: [{ contactId: ada.id }] })
    await add('about Acme', '2023-01-01', { regardingIds: [acme.id] }, 'note')
    expect(await ofAccount(acme)).toEqual(['about Acme', 'last day', 'about her', 'first day'])
    expect(await ofAccount(globex)).toEqual(['at Globex'])
    expect(await ofContact(ada)).toHaveLength(5)
  })

  it('of an account and its subsidiaries lists each interaction once, newest first, over several pages', async () => {
    const member = app.as('member')
    const top = await addAccount(member, { name: 'Top' })
    const [left, right] = [
      await addAccount(member, { name: 'Left', parentId: top.id }),
      await addAccount(member, { name: 'Right', parentId: top.id }),
    ]
    const leaf = await addAccount(member, { name: 'Leaf', parentId: left.id })
    const both = await addContact(member, {
      lastName: 'Both',
      accounts: [{ accountId: left.id }, { accountId: right.id }, { accountId: leaf.id }],
    })
    const expected: string[] = []
    for (let day = 1; day <= 12; day++) {
      const subject = `s${day}`
      expected.unshift(subject)
      const target =
        [{ participants: [{ contactId: both.id }] }, { regardingIds: [top.id, leaf.id] }, { regardingIds: [right.id] }][
          day % 3
        ] ?? {}
      await add(subject, `2024-04-${String(day).padStart(2, '0')}`, target)
    }
    expect(await ofAccount(top, { sub: true })).toEqual(expected)
    expect(await ofAccount(top)).toEqual(expected.filter((_, index) => (12 - index) % 3 === 1))
    const walked: string[] = []
    let after: string | null = null
    for (let page = 0; page < 20; page++) {
      const answer: unknown = at(
        await app.as('reader').must(OF_ACCOUNT, { id: top.id, sub: true, first: 5, after }),
        'account.timeline',
      )
      expect(at(answer, 'totalCount')).toBe(12)
      walked.push(...textsAt(answer, 'nodes', 'subject'))
      after = textAt(answer, 'pageInfo.endCursor')
      if (at(answer, 'pageInfo.hasNextPage') === false) break
    }
    expect(walked).toEqual(expected)
    await setDeleted(member, 'delete', 'Account', left)
    expect(await ofAccount(top, { sub: true, kinds: ['CALL'] })).not.toContain('s99')
  })

  it('can be paged forwards and backwards, also when all its interactions occurred at one time', async () => {
    const ada = await addContact(app.as('member'), { lastName: 'Same time' })
    const input = Array.from({ length: 7 }, (_, index) => ({
      note: { subject: `n${index}`, occurredAt: '2024-05-01T00:00:00Z', regardingIds: [ada.id] },
    }))
    await app
      .as('member')
      .must('mutation ($input: LogInteractionsInput!) { logInteractions(input: $input) { createdCount } }', {
        input: { records: input },
      })
    const walk = async (
      size: 'first' | 'last',
      cursor: 'after' | 'before',
      info: 'endCursor' | 'startCursor',
      more: 'hasNextPage' | 'hasPreviousPage',
    ) => {
      const pages: string[][] = []
      for (let position: unknown = null; pages.length < 20; ) {
        const timeline = at(
          await app.as('reader').must(OF_CONTACT, { id: ada.id, [size]: 3, [cursor]: position }),
          'contact.timeline',
        )
        pages.push(textsAt(timeline, 'nodes', 'subject'))
        if (at(timeline, `pageInfo.${more}`) === false) return pages
        position = at(timeline, `pageInfo.${info}`)
      }
      throw new Error('Paging does not end.')
    }
    const forwards = (await walk('first', 'after', 'endCursor', 'hasNextPage')).flat()
    const backwards = (await walk('last', 'before', 'startCursor', 'hasPreviousPage')).toReversed().flat()
    expect(forwards).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0'])
    expect(backwards).toEqual(forwards)
  })

  it('follows an interaction whose time or participant is changed, and hides a deleted interaction until it is restored', async () => {
    const [ada, bob] = [
      await addContact(app.as('member'), { lastName: 'Ada' }),
      await addContact(app.as('member'), { lastName: 'Bob' }),
    ]
    const one = await add('one', '2024-01-01', { participants: [{ contactId: ada.id }] })
    await add('two', '2024-02-01', { participants: [{ contactId: ada.id }] })
    const update = (input: Readonly<Record<string, unknown>>) =>
      app
        .as('member')
        .must(
          'mutation ($input: UpdateInteractionInput!) { updateInteraction(input: $input) { interaction { id } userErrors { code } } }',
          { input: { id: one.id, ...input } },
        )
    await update({ version: 1, occurredAt: '2024-03-01T00:00:00Z' })
    expect(await ofContact(ada)).toEqual(['one', 'two'])
    await update({ version: 2, participants: [{ contactId: bob.id }] })
    expect([await ofContact(ada), await ofContact(bob)]).toEqual([['two'], ['one']])
    await update({ version: 3, subject: 'renamed' })
    expect(await ofContact(bob)).toEqual(['renamed'])
    const gone = await setDeleted(app.as('member'), 'delete', 'Interaction', { id: one.id, version: 4 })
    expect(await ofContact(bob)).toEqual([])
    await setDeleted(app.as('member'), 'restore', 'Interaction', gone)
    expect(await ofContact(bob)).toEqual(['renamed'])
  })

  it('refuses a cursor of the query `interactions`', async () => {
    const ada = await addContact(app.as('member'), { lastName: 'Cursor' })
    const cursor = at(
      await app.as('reader').must('{ interactions(first: 1) { pageInfo { endCursor } } }'),
      'interactions.pageInfo.endCursor',
    )
    expect(errorCodes(await app.as('reader').query(OF_CONTACT, { id: ada.id, after: cursor }))).toEqual([
      'BAD_USER_INPUT',
    ])
  })

  it('does not count deleted interactions in totalCount', async () => {
    const acme = await addAccount(app.as('member'), { name: 'Counted' })
    await add('a', '2024-01-01', { regardingIds: [acme.id] })
    const gone = await add('b', '2024-01-02', { regardingIds: [acme.id] })
    await setDeleted(app.as('member'), 'delete', 'Interaction', gone)
    const answer = await app.as('reader').must(OF_ACCOUNT, { id: acme.id })
    expect(at(answer, 'account.timeline.totalCount')).toBe(1)
    expect(at(answer, 'account.interactions.totalCount')).toBe(1)
    expect(listAt(answer, 'account.timeline.nodes')).toHaveLength(1)
  })
})
