import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAt, textAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addContact, addInteraction, addTask } from '../../support/records.ts'
import { rowCounts } from '../../support/rows.ts'
import { addLead, mustConvert, person } from './leads.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const member = () => app.as('member')
describe('convertLead', () => {
  it('makes an account, a contact in it and an opportunity of the lead, with its values', async () => {
    const values = person()
    const lead = await addLead(member(), values)
    const opportunity = { create: { name: 'First order', amount: { amount: '1200.00', currency: 'EUR' } } }
    const made = await mustConvert(member(), { ...lead, account: { create: {} }, opportunity, allowDuplicates: false })
    expect(made).toMatchObject({
      lead: { id: lead.id, status: 'CONVERTED', convertedAt: expect.any(String) },
      account: { name: values.companyName },
      contact: { fullName: `Ada ${values.lastName}` },
      opportunity: { name: 'First order' },
      userErrors: [],
    })
    const read = await member().must(
      `query ($account: ID!, $contact: ID!, $opportunity: ID!, $lead: ID!) {
        account(id: $account) { website phone addresses { city country } contacts { nodes { id } } }
        contact(id: $contact) { primaryEmail primaryPhone description }
        opportunity(id: $opportunity) { source amount { amount } account { id } contacts { edges { isPrimary node { id } } } }
        lead(id: $lead) { account { id } contact { id } opportunity { id } }
      }`,
      {
        account: textAt(made, 'account.id'),
        contact: textAt(made, 'contact.id'),
        opportunity: textAt(made, 'opportunity.id'),
        lead: lead.id,
      },
    )
    const contact = { id: textAt(made, 'contact.id') }
    expect(read).toEqual({
      account: {
        website: values.website,
        phone: values.phone,
        addresses: [{ city: values.city, country: values.country }],
        contacts: { nodes: [contact] },
      },
      contact: { primaryEmail: values.email, primaryPhone: values.phone, description: values.description },
      opportunity: {
        source: 'WEB',
        amount: { amount: '1200.00' },
        account: { id: textAt(made, 'account.id') },
        contacts: { edges: [{ isPrimary: true, node: contact }] },
      },
      lead: {
        account: { id: textAt(made, 'account.id') },
        contact,
        opportunity: { id: textAt(made, 'opportunity.id') },
      },
    })
  })

  it('makes no account of a lead without a company, and no opportunity unless it is asked for', async () => {
    const lead = await addLead(member(), { lastName: 'Alone' })
    expect(await mustConvert(member(), lead)).toMatchObject({
      account: null,
      opportunity: null,
      contact: { fullName: 'Alone' },
    })
  })

  it('connects existing records and fills their empty fields only', async () => {
    const values = person()
    const account = await addAccount(member(), { name: 'Kept', phone: '+4930901820' })
    const contact = await addContact(member(), { lastName: 'Kept', emails: [{ address: 'kept@kept.example' }] })
    const lead = await addLead(member(), values)
    const made = await mustConvert(member(), {
      ...lead,
      account: { connect: { id: account.id } },
      contact: { connect: { id: contact.id } },
    })
    expect(made).toMatchObject({
      account: { id: account.id, name: 'Kept' },
      contact: { id: contact.id, fullName: 'Ada Kept' },
    })
    const read = await member().must(
      `query ($account: ID!, $contact: ID!) {
        account(id: $account) { phone website }
        contact(id: $contact) { primaryEmail primaryPhone accounts { nodes { id } } }
      }`,
      { account: account.id, contact: contact.id },
    )
    expect(read).toEqual({
      account: { phone: '+4930901820', website: values.website },
      contact: {
        primaryEmail: 'kept@kept.example',
        primaryPhone: values.phone,
        accounts: { nodes: [{ id: account.id }] },
      },
    })
  })

  it('moves the tasks and interactions of the lead, which stay in the timeline of the lead', async () => {
    const lead = await addLead(member(), person())
    const task = await addTask(member(), { title: 'Call', regardingId: lead.id })
    const call = await addInteraction(member(), 'call', { regardingIds: [lead.id] })
    const made = await mustConvert(member(), { ...lead, account: { create: {} } })
    const read = await member().must(
      `query ($lead: ID!, $contact: ID!, $account: ID!) {
        lead(id: $lead) { tasks { nodes { id } } timeline { nodes { id } } }
        contact(id: $contact) { tasks { nodes { id } } timeline { nodes { id } } }
        account(id: $account) { timeline { nodes { id } } }
      }`,
      { lead: lead.id, contact: textAt(made, 'contact.id'), account: textAt(made, 'account.id') },
    )
    const [tasks, timeline] = [{ nodes: [{ id: task.id }] }, { nodes: [{ id: call.id }] }]
    expect(read).toEqual({
      lead: { tasks: { nodes: [] }, timeline },
      contact: { tasks, timeline },
      account: { timeline },
    })
  })

  it('moves activities that the caller may not see', async () => {
    const lead = await addLead(member(), { lastName: 'Secret' })
    await addTask(member(), { title: 'Hidden', regardingId: lead.id })
    const converter = await userWho(app, ['lead:read', 'lead:update', 'contact:read', 'contact:create'])
    const made = await mustConvert(converter, lead)
    const read = await member().must('query ($id: ID!) { contact(id: $id) { tasks { nodes { title } } } }', {
      id: textAt(made, 'contact.id'),
    })
    expect(listAt(read, 'contact.tasks.nodes')).toEqual([{ title: 'Hidden' }])
  })

  it('answers with the same records when it is sent again, with any input and an old version', async () => {
    const lead = await addLead(member(), person())
    const first = await mustConvert(member(), { ...lead, opportunity: { create: { name: 'Once' } } })
    const before = await rowCounts(app.database.ownerPool)
    const again = await mustConvert(member(), { ...lead, opportunity: { create: { name: 'Twice' } } })
    expect(again).toEqual(first)
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
  })

  it('has one result when it is sent many times at once', async () => {
    const lead = await addLead(member(), person())
    const input = { ...lead, account: { create: {} }, opportunity: { create: { name: 'Race' } } }
    const results = await Promise.all(Array.from({ length: 8 }, () => mustConvert(member(), input)))
    expect(new Set(results.map((each) => JSON.stringify(each))).size).toBe(1)
    const { rows } = await app.database.ownerPool.query('select 1 from opportunities where name = $1', ['Race'])
    expect(rows).toHaveLength(1)
  })
})
