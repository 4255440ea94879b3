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

async function logInteraction(kind: 'call' | 'letter', contactIds: readonly string[], occurredAt = NOW.toISOString()) {
  const participants = contactIds.map((contactId) => ({ contactId, role: 'PARTICIPANT' }))
  const data = await client.must(
    `mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { interaction { id version } ${ERRORS} } }`,
    { input: { [kind]: { subject: 'Thank you', occurredAt, participants } } },
  )
  return { interaction: at(data, 'logInteraction.interaction'), userErrors: at(data, 'logInteraction.userErrors') }
}

describe('recordDeath', () => {
  it('creates a constituent for a contact and updates it when called again; the contact returns the death, and the log has both writes', async () => {
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

  it('refuses a contact that does not exist or belongs to another workspace', async () => {
    const otherWorkspaceContactId = await createContact(app.as('member', 'globex'))
    for (const id of [otherWorkspaceContactId, 'contact_01jd0000000000000000000000', 'nonsense'])
      expect(await recordDeath(id)).toEqual({
        constituent: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['input', 'contactId'] }],
      })
  })
})

describe('the rule of the plugin nonprofit on calls', () => {
  it('refuses a call with a person who has died, with the path of the participant and the day of death in the error', async () => {
    const [living, deceased] = [await createContact(client), await createContact(client)]
    await recordDeath(deceased)
    const { interaction, userErrors } = await logInteraction('call', [living, deceased])
    expect(interaction).toBeNull()
    expect(userErrors).toEqual([
      {
        __typename: 'DeceasedContactError',
        code: 'CONTACT_DECEASED',
        path: ['input', 'call', 'participants', '1', 'contactId'],
        message: 'This person has died, so the call can’t be logged.',
        deceasedOn: TODAY,
      },
    ])
  })

  it('accepts a letter, a call before the day of death, and a call with a living person', async () => {
    const [living, deceased] = [await createContact(client), await createContact(client)]
    await recordDeath(deceased)
    expect((await logInteraction('letter', [deceased])).userErrors).toEqual([])
    expect((await logInteraction('call', [deceased], LONG_AGO)).userErrors).toEqual([])
    expect((await logInteraction('call', [living])).userErrors).toEqual([])
  })

  it('refuses to move a call to the day of death, and to add a person who has died to a call', async () => {
    const [living, deceased] = [await createContact(client), await createContact(client)]
    await recordDeath(deceased)
    const earlyCall = await logInteraction('call', [deceased], LONG_AGO)
    const lateCall = await logInteraction('call', [living])
    const update = async (interaction: unknown, changes: object) => {
      const data = await client.must(
        `mutation ($input: UpdateInteractionInput!) { updateInteraction(input: $input) { ${ERRORS} } }`,
        { input: { id: textAt(interaction, 'id'), version: at(interaction, 'version'), ...changes } },
      )
      return at(data, 'updateInteraction.userErrors')
    }
    expect(await update(earlyCall.interaction, { occurredAt: NOW.toISOString() })).toMatchObject([
      { code: 'CONTACT_DECEASED', path: ['input', 'occurredAt'] },
    ])
    expect(await update(lateCall.interaction, { participants: [{ contactId: deceased }] })).toMatchObject([
      { code: 'CONTACT_DECEASED', path: ['input', 'participants', '0', 'contactId'] },
    ])
    expect(await update(earlyCall.interaction, { subject: 'Called before' })).toEqual([])
  })
})
