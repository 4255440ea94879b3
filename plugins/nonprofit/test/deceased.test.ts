import { at, type PluginTestApp, type PluginTestClient, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContact, NOW, openApp } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
})
afterAll(() => app.close())

const TODAY = NOW.toISOString().slice(0, 10)
const LONG_AGO = '2020-05-01T10:00:00.000Z'

async function recordDeath(contactId: string, deceasedOn: string | null = TODAY): Promise<unknown> {
  const data = await client.must(
    `mutation ($input: RecordDeathInput!) {
      recordDeath(input: $input) { constituent { isDeceased contact { id isDeceased deceasedOn } } userErrors { code path } }
    }`,
    { input: { contactId, deceasedOn } },
  )
  return at(data, 'recordDeath')
}

const ERRORS = 'userErrors { __typename code path message ... on DeceasedContactError { deceasedOn } }'

async function logged(kind: 'call' | 'letter', contactIds: readonly string[], occurredAt = NOW.toISOString()) {
  const participants = contactIds.map((contactId) => ({ contactId, role: 'PARTICIPANT' }))
  const data = await client.must(
    `mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { interaction { id version } ${ERRORS} } }`,
    { input: { [kind]: { subject: 'Thank you', occurredAt, participants } } },
  )
  return { interaction: at(data, 'logInteraction.interaction'), userErrors: at(data, 'logInteraction.userErrors') }
}

describe('recordDeath', () => {
  it('is told on the contact, once, and in the log', async () => {
    const contactId = await createContact(client)
    const before = (await app.changes()).length
    expect(await recordDeath(contactId, null)).toEqual({
      constituent: { isDeceased: true, contact: { id: contactId, isDeceased: true, deceasedOn: null } },
      userErrors: [],
    })
    expect(await recordDeath(contactId)).toMatchObject({ constituent: { contact: { deceasedOn: TODAY } } })
    expect((await app.changes()).slice(before).map(({ type, operation }) => `${operation} ${type}`)).toEqual([
      'CREATED Constituent',
      'UPDATED Constituent',
    ])
  })

  it('answers a contact that is not there as something to mend', async () => {
    const foreign = await createContact(app.as('member', 'globex'))
    for (const id of [foreign, 'contact_01jd0000000000000000000000', 'nonsense'])
      expect(await recordDeath(id)).toEqual({
        constituent: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['input', 'contactId'] }],
      })
  })
})

describe('the rule nonprofit.notCalled', () => {
  it('refuses a call with somebody who had died, and tells who and when', async () => {
    const [alive, dead] = [await createContact(client), await createContact(client)]
    await recordDeath(dead)
    const { interaction, userErrors } = await logged('call', [alive, dead])
    expect(interaction).toBeNull()
    expect(userErrors).toEqual([
      {
        __typename: 'DeceasedContactError',
        code: 'CONTACT_DECEASED',
        path: ['input', 'call', 'participants', '1', 'contactId'],
        message: 'This person has died and can’t be logged as called.',
        deceasedOn: TODAY,
      },
    ])
  })

  it('has nothing against a letter, a call before, or a call of the living', async () => {
    const [alive, dead] = [await createContact(client), await createContact(client)]
    await recordDeath(dead)
    expect((await logged('letter', [dead])).userErrors).toEqual([])
    expect((await logged('call', [dead], LONG_AGO)).userErrors).toEqual([])
    expect((await logged('call', [alive])).userErrors).toEqual([])
  })

  it('refuses to move a call to a day after the death, or to add the person to it', async () => {
    const [alive, dead] = [await createContact(client), await createContact(client)]
    await recordDeath(dead)
    const early = await logged('call', [dead], LONG_AGO)
    const late = await logged('call', [alive])
    const update = async (interaction: unknown, changes: object) => {
      const data = await client.must(
        `mutation ($input: UpdateInteractionInput!) { updateInteraction(input: $input) { ${ERRORS} } }`,
        { input: { id: textAt(interaction, 'id'), version: at(interaction, 'version'), ...changes } },
      )
      return at(data, 'updateInteraction.userErrors')
    }
    expect(await update(early.interaction, { occurredAt: NOW.toISOString() })).toMatchObject([
      { code: 'CONTACT_DECEASED', path: ['input', 'occurredAt'] },
    ])
    expect(await update(late.interaction, { participants: [{ contactId: dead }] })).toMatchObject([
      { code: 'CONTACT_DECEASED', path: ['input', 'participants', '0', 'contactId'] },
    ])
    expect(await update(early.interaction, { subject: 'Called before' })).toEqual([])
  })
})
