import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, refusals, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction, type Made, setDeleted } from '../support/records.ts'

let app: TestApp
let ada: Made

const LOG = `mutation ($input: LogInteractionInput!) {
  logInteraction(input: $input) {
    interaction {
      __typename id version kind subject occurredAt direction source
      participants { role handle contact { fullName } user { displayName } }
      regarding { __typename id }
      ... on Call { durationSeconds outcome recordingUrl } ... on Email { messageId threadId } ... on Meeting { location endedAt joinUrl }
      ... on Chat { service } ... on SocialPost { network url } ... on Letter { trackingNumber } ... on Fax { faxNumber pageCount } ... on Visit { location }
    }
    userErrors { code path }
  }
}`

beforeAll(async () => {
  app = await createTestApp()
  ada = await addContact(app.as('member'), { firstName: 'Ada', lastName: 'Lovelace' })
})
afterAll(() => app.close())

const AT = '2024-05-01T14:30:00+02:00'

async function log(kind: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return at(await app.as('member').must(LOG, { input: { [kind]: { occurredAt: AT, ...input } } }), 'logInteraction')
}

function problems(answer: unknown): string[] {
  return listAt(answer, 'userErrors').map((error) => `${String(at(error, 'code'))} ${listAt(error, 'path').join('.')}`)
}

describe('interactions', () => {
  it.each([
    ['call', 'Call', 'CALL', { durationSeconds: 90, outcome: 'connected', recordingUrl: 'https://pbx.example/1' }],
    ['email', 'Email', 'EMAIL', { messageId: '<1@acme.example>', threadId: 't1' }],
    [
      'meeting',
      'Meeting',
      'MEETING',
      { location: 'Room 1', endedAt: '2024-05-01T14:00:00.000Z', joinUrl: 'https://meet.example/x' },
    ],
    ['chat', 'Chat', 'CHAT', { service: 'whatsapp' }],
    ['socialPost', 'SocialPost', 'SOCIAL_POST', { network: 'linkedin', url: 'https://social.example/p/1' }],
    ['letter', 'Letter', 'LETTER', { trackingNumber: 'RR123' }],
    ['fax', 'Fax', 'FAX', { faxNumber: '+4930901820', pageCount: 2 }],
    ['visit', 'Visit', 'VISIT', { location: 'Berlin' }],
    ['note', 'Note', 'NOTE', {}],
  ])('of the variant %s are stored with the fields of this variant', async (key, typeName, kind, own) => {
    const made = await log(key, { subject: ' Hello ', body: 'Long text', direction: 'INBOUND', ...own })
    expect(at(made, 'userErrors')).toEqual([])
    expect(at(made, 'interaction')).toMatchObject({
      __typename: typeName,
      kind,
      version: 1,
      subject: 'Hello',
      direction: 'INBOUND',
      occurredAt: '2024-05-01T12:30:00.000Z',
      ...own,
    })
  })

  it('have participants, each with a contact, a user or a handle; without any, or with contact and user, a participant is refused', async () => {
    const user = textAt(await app.as('member').must('{ viewer { actor { id } } }'), 'viewer.actor.id')
    const participants = [
      { contactId: ada.id, role: 'CALLEE' },
      { userId: user, role: 'CALLER' },
      { handle: '+1 202 555 0143' },
      { contactId: ada.id, role: 'PARTICIPANT', handle: 'ada@acme.example' },
    ]
    const made = await log('call', { participants, regardingIds: [ada.id] })
    expect(at(made, 'interaction')).toMatchObject({
      participants: [
        { role: 'CALLEE', handle: null, contact: { fullName: 'Ada Lovelace' }, user: null },
        { role: 'CALLER', contact: null, user: { displayName: 'Member' } },
        { role: 'PARTICIPANT', handle: '+1 202 555 0143', contact: null, user: null },
        { role: 'PARTICIPANT', handle: 'ada@acme.example', contact: { fullName: 'Ada Lovelace' } },
      ],
      regarding: [{ __typename: 'Contact', id: ada.id }],
    })
    expect(
      problems(
        await log('call', { participants: [{ role: 'CALLER' }, { contactId: ada.id, userId: user }, { handle: ' ' }] }),
      ),
    ).toEqual([
      'INVALID input.call.participants.0',
      'INVALID input.call.participants.1',
      'INVALID input.call.participants.2',
    ])
  })

  it('are refused with a contact of another workspace as participant, and when they are about a deleted record', async () => {
    const foreign = await addContact(app.as('member', 'globex'), { lastName: 'Foreign' })
    const gone = await addAccount(app.as('member'), { name: 'Gone' })
    await setDeleted(app.as('member'), 'delete', 'Account', gone)
    const refused = await log('call', {
      participants: [{ contactId: ada.id }, { contactId: foreign.id }],
      regardingIds: [gone.id, ada.id],
    })
    expect(problems(refused)).toEqual([
      'NOT_FOUND input.call.participants.1.contactId',
      'NOT_FOUND input.call.regardingIds.0',
    ])
  })

  it('are refused with invalid values in the fields of their variant', async () => {
    expect(problems(await log('call', { durationSeconds: -1, recordingUrl: 'not an address' }))).toEqual([
      'INVALID input.call.durationSeconds',
      'INVALID input.call.recordingUrl',
    ])
    expect(problems(await log('fax', { faxNumber: '123', pageCount: -1 }))).toEqual([
      'INVALID input.fax.faxNumber',
      'INVALID input.fax.pageCount',
    ])
  })

  it('are stored once when two requests send one source and sourceId, and the second returns the stored interaction', async () => {
    const first = await log('email', { source: 'gmail', sourceId: 'm1', subject: 'First' })
    const again = await log('email', { source: 'gmail', sourceId: 'm1', subject: 'Again' })
    expect(at(again, 'interaction')).toEqual(at(first, 'interaction'))
    expect(at(await log('email', { source: 'outlook', sourceId: 'm1' }), 'interaction.id')).not.toBe(
      at(first, 'interaction.id'),
    )
    expect(problems(await log('email', { sourceId: 'm2' }))).toEqual(['INVALID input.email.source'])
    const history = await app
      .as('member')
      .must('query ($id: ID!) { node(id: $id) { ... on Email { history { totalCount } } } }', {
        id: at(first, 'interaction.id'),
      })
    expect(at(history, 'node.history.totalCount')).toBe(1)
  })

  it('release their sourceId when they are deleted, and cannot be restored once another interaction has this sourceId', async () => {
    const first = await addInteraction(app.as('member'), 'email', { source: 'gmail', sourceId: 'freed' })
    const gone = await setDeleted(app.as('member'), 'delete', 'Interaction', first)
    const second = await addInteraction(app.as('member'), 'email', { source: 'gmail', sourceId: 'freed' })
    expect(second.id).not.toBe(first.id)
    const clash = await app
      .as('member')
      .must(
        'mutation ($input: RestoreInteractionInput!) { restoreInteraction(input: $input) { userErrors { code } } }',
        { input: gone },
      )
    expect(refusals(clash, 'restoreInteraction')).toEqual(['DUPLICATE'])
  })

  it('can be updated in the fields of their own variant only: fields of another variant are refused', async () => {
    const made = await addInteraction(app.as('member'), 'call', {
      subject: 'Old',
      durationSeconds: 10,
      outcome: 'busy',
    })
    const update = async (input: Readonly<Record<string, unknown>>) =>
      at(
        await app.as('member').must(
          `mutation ($input: UpdateInteractionInput!) { updateInteraction(input: $input) {
            interaction { version subject ... on Call { durationSeconds outcome } history { nodes { changes { field from to } } } }
            userErrors { code path ... on StaleVersionError { conflicts { field base theirs yours } } }
          } }`,
          { input: { id: made.id, ...input } },
        ),
        'updateInteraction',
      )
    const changed = await update({ version: 1, subject: 'New', call: { durationSeconds: 20 } })
    expect(at(changed, 'interaction')).toMatchObject({
      version: 2,
      subject: 'New',
      durationSeconds: 20,
      outcome: 'busy',
    })
    expect(listAt(changed, 'interaction.history.nodes.0.changes')).toContainEqual({
      field: 'durationSeconds',
      from: 10,
      to: 20,
    })
    expect(at(await update({ version: 2, call: { durationSeconds: 20 } }), 'interaction.version')).toBe(2)
    expect(problems(await update({ version: 2, email: { messageId: 'x' } }))).toEqual(['INVALID input.email'])
    expect(at(await update({ version: 1, call: { durationSeconds: 30 } }), 'userErrors.0.conflicts')).toEqual([
      { field: 'durationSeconds', base: 10, theirs: 20, yours: 30 },
    ])
    expect(at(await update({ version: 2, call: { outcome: null } }), 'interaction')).toMatchObject({
      version: 3,
      outcome: null,
      durationSeconds: 20,
    })
  })

  it('can be filtered by variant, and a list of several variants returns the fields of each', async () => {
    await addInteraction(app.as('member'), 'visit', { location: 'Only here', source: 'list', sourceId: '1' })
    await addInteraction(app.as('member'), 'call', { durationSeconds: 7, source: 'list', sourceId: '2' })
    const list =
      'query ($filter: InteractionFilter) { interactions(filter: $filter, orderBy: [{ sourceId: ASC }]) { nodes { __typename ... on Visit { location } ... on Call { durationSeconds } } } }'
    const source = { source: { equals: 'list' } }
    expect(listAt(await app.as('reader').must(list, { filter: source }), 'interactions.nodes')).toEqual([
      { __typename: 'Visit', location: 'Only here' },
      { __typename: 'Call', durationSeconds: 7 },
    ])
    expect(
      listAt(
        await app.as('reader').must(list, { filter: { ...source, kind: { in: ['CALL', 'FAX'] } } }),
        'interactions.nodes',
      ),
    ).toHaveLength(1)
  })
})
