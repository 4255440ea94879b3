import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ConvertLeadDocument,
  CreateLeadDocument,
  PreviewLeadAssignmentDocument,
  ViewerDocument,
} from '../../generated/graphql/graphql.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addRecord } from '../support/records.ts'

/** Runs the operations of sell.graphql on leads: each does what its comment says. */
let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const ANN = {
  firstName: 'Ann',
  lastName: 'Meyer',
  companyName: 'Meyer Logistics',
  email: 'Ann@meyer.example',
  phone: '+49 30 1234567',
  source: 'WEB',
  description: 'Wants a demonstration.',
} as const

async function addLead(input: object = {}) {
  const { createLead } = await app.as('member').must(CreateLeadDocument, { input: { ...ANN, ...input } })
  expect(createLead.userErrors).toEqual([])
  if (!createLead.lead) throw new Error('The lead was not created.')
  return createLead.lead
}

describe('the GraphQL operations on leads in sell.graphql', () => {
  it('CreateLead returns the lead with its score, the reasons for it and its owner', async () => {
    await addRecord(app.as('admin'), 'LeadScoringRule', {
      name: 'From the website',
      filter: { source: { equals: 'WEB' } },
      points: 15,
    })
    expect(await addLead()).toEqual({
      id: expect.stringMatching(/^lead_[0-9a-z]{26}$/),
      version: 1,
      status: 'OPEN',
      fullName: 'Ann Meyer',
      companyName: 'Meyer Logistics',
      email: 'ann@meyer.example',
      score: 15,
      scoreReasons: [{ rule: 'From the website', points: 15, reason: expect.any(String) }],
      owner: { displayName: 'Member' },
    })
  })

  it('PreviewLeadAssignment tells who would get the lead and why, and changes nothing', async () => {
    const admin = app.as('admin')
    const { viewer } = await app.as('reader').must(ViewerDocument)
    await addRecord(admin, 'LeadAssignmentRule', {
      name: 'Everybody else',
      strategy: 'ROUND_ROBIN',
      members: [{ userId: viewer.actor?.id }],
    })
    const { viewer: member } = await app.as('member').must(ViewerDocument)
    const lead = await addLead({ lastName: 'Preview', ownerId: member.actor?.id })
    const { previewLeadAssignment } = await admin.must(PreviewLeadAssignmentDocument, { id: lead.id })
    expect(previewLeadAssignment).toEqual({
      assignee: { id: viewer.actor?.id, displayName: 'Reader' },
      rule: { name: 'Everybody else' },
      reasons: expect.arrayContaining([expect.any(String)]),
    })
    const after = await admin.must('query ($id: ID!) { lead(id: $id) { version owner { displayName } } }', {
      id: lead.id,
    })
    expect(after).toEqual({ lead: { version: 1, owner: { displayName: 'Member' } } })
  })

  it('ConvertLead makes account, contact and opportunity, and answers the same when it is sent again', async () => {
    const { id, version } = await addLead({ lastName: 'Twice', companyName: 'Twice AG', email: 'a@twice.example' })
    const input = {
      id,
      version,
      account: { create: {} },
      opportunity: { create: { name: 'Demonstration', amount: { amount: '900', currency: 'EUR' } } },
      allowDuplicates: false,
    }
    const { convertLead } = await app.as('member').must(ConvertLeadDocument, { input })
    expect(convertLead).toMatchObject({
      lead: { id, status: 'CONVERTED' },
      account: { name: 'Twice AG' },
      contact: { fullName: 'Ann Twice' },
      opportunity: { name: 'Demonstration' },
      userErrors: [],
    })
    const again = await app.as('member').must(ConvertLeadDocument, { input })
    expect(again.convertLead).toEqual(convertLead)
  })

  it('ConvertLead takes an account that exists', async () => {
    const account = await addAccount(app.as('member'), { name: 'There already' })
    const { id, version } = await addLead({ lastName: 'Connect', companyName: 'Unused', email: 'a@connect.example' })
    const { convertLead } = await app.as('member').must(ConvertLeadDocument, {
      input: { id, version, account: { connect: { id: account.id } } },
    })
    expect(convertLead).toMatchObject({
      account: { id: account.id, name: 'There already' },
      contact: { fullName: 'Ann Connect' },
      opportunity: null,
      userErrors: [],
    })
  })

  it('ConvertLead answers the records that seem to be the same, and converts nothing', async () => {
    const contact = await addContact(app.as('member'), {
      firstName: 'Ann',
      lastName: 'Double',
      emails: [{ address: 'ann@double.example' }],
    })
    const { id, version } = await addLead({ lastName: 'Double', companyName: null, email: 'ann@double.example' })
    const { convertLead } = await app.as('member').must(ConvertLeadDocument, { input: { id, version } })
    expect(convertLead).toMatchObject({
      lead: null,
      contact: null,
      userErrors: [
        {
          __typename: 'DuplicateRecordError',
          candidates: [
            {
              record: { __typename: 'Contact', id: contact.id },
              reasons: expect.arrayContaining([expect.any(String)]),
            },
          ],
        },
      ],
    })
  })
})
