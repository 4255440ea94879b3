import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ChangesSinceDocument,
  CompleteTaskDocument,
  ContactTimelineDocument,
  CreateContactDocument,
  CreateTaskDocument,
  HistoryDocument,
  LogInteractionDocument,
  RefetchDocument,
  RelateContactsDocument,
  UpdateAccountDocument,
  ViewerDocument,
} from '../../generated/graphql/graphql.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, addContact, addRelationshipType, addTask } from '../support/records.ts'
import { readAtOnce } from './read-at-once.ts'

/** Runs the other operations of main-job.graphql: each does what its comment says. */
let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('the GraphQL operation Viewer in main-job.graphql', () => {
  it('returns the caller, and the workspace and roles of the caller', async () => {
    const { viewer } = await readAtOnce(app, ViewerDocument, {})
    expect(viewer).toMatchObject({
      actor: { __typename: 'User', displayName: 'Reader' },
      workspace: { slug: 'acme', name: 'acme' },
      roles: [{ name: 'read-only' }],
    })
    expect((await app.as('admin', 'globex').must(ViewerDocument)).viewer).toMatchObject({
      actor: { displayName: 'admin' },
      workspace: { slug: 'globex' },
      roles: [{ name: 'admin' }],
    })
    expect((await app.as('member').must(ViewerDocument)).viewer.roles).toEqual([{ name: 'member' }])
  })
})

describe('the GraphQL operations on contacts in main-job.graphql', () => {
  it('CreateContact returns the contact with e-mail addresses, telephone numbers and roles in accounts', async () => {
    const acme = await addAccount(app.as('member'), { name: 'Employer' })
    const { createContact } = await app.as('member').must(CreateContactDocument, {
      input: {
        firstName: 'Ada',
        lastName: 'Lovelace',
        emails: [{ address: 'Ada@Acme.example', label: 'WORK', isPrimary: true }],
        phones: [{ number: '+49 30 901820', label: 'MOBILE' }],
        accounts: [{ accountId: acme.id, role: 'Head of Purchasing', startedOn: '2024-05-01', isPrimary: true }],
      },
    })
    expect(createContact).toEqual({
      contact: {
        id: expect.stringMatching(/^contact_/),
        version: 1,
        fullName: 'Ada Lovelace',
        firstName: 'Ada',
        lastName: 'Lovelace',
        primaryEmail: 'ada@acme.example',
        primaryPhone: '+4930901820',
        emails: [{ address: 'ada@acme.example', label: 'WORK', isPrimary: true }],
        phones: [{ number: '+4930901820', label: 'MOBILE', isPrimary: true }],
        accounts: {
          edges: [
            {
              role: 'Head of Purchasing',
              startedOn: '2024-05-01',
              endedOn: null,
              isPrimary: true,
              node: { id: acme.id, name: 'Employer' },
            },
          ],
        },
      },
      userErrors: [],
    })
  })

  it('ContactTimeline returns what RelateContacts, LogInteraction, CreateTask and CompleteTask wrote', async () => {
    const member = app.as('member')
    const [ada, byron] = [
      await addContact(member, { lastName: 'Ada' }),
      await addContact(member, { lastName: 'Byron' }),
    ]
    const type = await addRelationshipType(member, 'father of', 'child of')
    const related = await member.must(RelateContactsDocument, {
      input: { typeId: type.id, fromId: byron.id, toId: ada.id, startedOn: '1815-12-10' },
    })
    expect(related.createRelationship).toMatchObject({
      relationship: {
        type: { name: 'father of', inverseName: 'child of' },
        from: { __typename: 'Contact', id: byron.id },
        to: { __typename: 'Contact', id: ada.id },
        startedOn: '1815-12-10',
        endedOn: null,
      },
      userErrors: [],
    })
    const { logInteraction } = await member.must(LogInteractionDocument, {
      input: {
        call: {
          subject: 'Hello',
          body: 'Notes',
          direction: 'OUTBOUND',
          occurredAt: '2024-05-01T12:00:00Z',
          durationSeconds: 60,
          participants: [{ contactId: ada.id, role: 'CALLEE' }],
          regardingIds: [byron.id],
          source: 'pbx',
          sourceId: '1',
        },
      },
    })
    expect(logInteraction).toEqual({
      interaction: {
        __typename: 'Call',
        id: expect.stringMatching(/^interaction_/),
        subject: 'Hello',
        occurredAt: '2024-05-01T12:00:00.000Z',
        direction: 'OUTBOUND',
        participants: [{ role: 'CALLEE', contact: { id: ada.id, fullName: 'Ada' }, user: null }],
        regarding: [{ __typename: 'Contact', id: byron.id }],
        durationSeconds: 60,
      },
      userErrors: [],
    })
    const { createTask } = await member.must(CreateTaskDocument, {
      input: { title: 'Answer', regardingId: ada.id, dueAt: '2030-01-01T00:00:00Z', priority: 'HIGH' },
    })
    expect(createTask.task).toMatchObject({
      version: 1,
      title: 'Answer',
      status: 'OPEN',
      priority: 'HIGH',
      dueAt: '2030-01-01T00:00:00.000Z',
      regarding: { __typename: 'Contact', id: ada.id },
    })
    const { completeTask } = await member.must(CompleteTaskDocument, {
      input: { id: createTask.task?.id ?? '', version: 1 },
    })
    expect(completeTask).toMatchObject({
      task: { version: 2, status: 'COMPLETED', completedAt: expect.any(String) },
      userErrors: [],
    })

    const { contact } = await readAtOnce(app, ContactTimelineDocument, { id: ada.id, kinds: ['CALL'] })
    expect(contact).toMatchObject({
      fullName: 'Ada',
      timeline: {
        pageInfo: { hasNextPage: false },
        nodes: [{ __typename: 'Call', subject: 'Hello', participants: [{ role: 'CALLEE' }] }],
      },
      relationships: { nodes: [{ type: { name: 'child of' }, other: { __typename: 'Contact', id: byron.id } }] },
      tasks: { nodes: [{ title: 'Answer', status: 'COMPLETED', assignee: null }] },
    })
  })

  it('Refetch returns records in the order of the ids, and null for a record of another workspace', async () => {
    const account = await addAccount(app.as('member'), { name: 'Refetched' })
    const contact = await addContact(app.as('member'), { lastName: 'Refetched' })
    const foreign = await addContact(app.as('member', 'globex'), { lastName: 'Foreign' })
    expect((await readAtOnce(app, RefetchDocument, { ids: [contact.id, foreign.id, account.id] })).nodes).toEqual([
      { __typename: 'Contact', id: contact.id, fullName: 'Refetched' },
      null,
      { __typename: 'Account', id: account.id, name: 'Refetched' },
    ])
  })
})

describe('the GraphQL operations on the log and the history in main-job.graphql', () => {
  it('ChangesSince returns the changes after a cursor, in log order, or only those that match a filter', async () => {
    await logSettled(app)
    const start = await readAtOnce(app, ChangesSinceDocument, { first: 200 })
    const after = start.changes.pageInfo.endCursor
    const account = await addAccount(app.as('member'), { name: 'Logged' })
    const task = await addTask(app.as('member'), { title: 'Logged' })
    await app.as('member').must(UpdateAccountDocument, { input: { id: account.id, version: 1, name: 'Changed' } })
    await logSettled(app)
    const { changes } = await readAtOnce(app, ChangesSinceDocument, { after, first: 2 })
    expect(changes.nodes.map(({ operation, type, recordId }) => [operation, type, recordId])).toEqual([
      ['CREATED', 'Account', account.id],
      ['CREATED', 'Task', task.id],
    ])
    expect(changes.pageInfo.hasNextPage).toBe(true)
    const rest = await readAtOnce(app, ChangesSinceDocument, {
      after: changes.nodes[1]?.cursor ?? null,
      filter: { types: ['Account'], recordIds: [account.id], operations: ['UPDATED'] },
    })
    expect(rest.changes.nodes).toMatchObject([{ operation: 'UPDATED', changedFields: ['name'], recordId: account.id }])
  })

  it('History returns who changed what and when, with old and new values', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'Old' })
    await app.as('admin').must(UpdateAccountDocument, { input: { id, version: 1, name: 'New' } })
    const { node } = await readAtOnce(app, HistoryDocument, { id, first: 1 })
    expect(node).toMatchObject({
      history: {
        nodes: [
          {
            at: expect.any(String),
            actor: { displayName: 'admin' },
            operation: 'UPDATED',
            changes: [{ field: 'name', from: 'Old', to: 'New' }],
          },
        ],
      },
    })
  })
})
