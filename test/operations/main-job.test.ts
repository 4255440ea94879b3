import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AccountListDocument,
  AccountTimelineDocument,
  AccountTreeDocument,
  ChangesSinceDocument,
  CompleteTaskDocument,
  ContactTimelineDocument,
  CreateAccountDocument,
  CreateAccountsDocument,
  CreateContactDocument,
  CreateTaskDocument,
  DeleteAccountDocument,
  HistoryDocument,
  LogInteractionDocument,
  RefetchDocument,
  RelateContactsDocument,
  RestoreAccountDocument,
  UpdateAccountDocument,
  ViewerDocument,
} from '../../generated/graphql/graphql.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import type { OperationDocument } from '../support/client.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, addContact, addInteraction, addRelationshipType, addTask } from '../support/records.ts'

/** The operations of main-job.graphql, one after the other: each answers as its comment says. */
let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

/** Sends a read as the reader and asserts that it took one SQL statement, whatever it selects. */
async function read<Data, Variables>(
  document: OperationDocument<Data, Variables>,
  variables: NoInfer<Variables>,
): Promise<Data> {
  app.resetStatements()
  const data = await app.as('reader').must(document, variables)
  expect(app.statements).toHaveLength(1)
  return data
}

describe('Viewer', () => {
  it('tells who acts, with the token of each role', async () => {
    const { viewer } = await read(ViewerDocument, {})
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

describe('accounts', () => {
  it('CreateAccount answers all that it was given, and who made it', async () => {
    const member = app.as('member')
    const { viewer } = await member.must(ViewerDocument)
    const parent = await addAccount(member, { name: 'Holding' })
    const { createAccount } = await member.must(CreateAccountDocument, {
      input: {
        name: 'Acme',
        type: 'CUSTOMER',
        industry: 'Retail',
        website: 'acme.example',
        employeeCount: 120,
        annualRevenue: { amount: '1100040000.00', currency: 'USD' },
        parentId: parent.id,
        ownerId: viewer.actor?.id,
      },
    })
    expect(createAccount.userErrors).toEqual([])
    expect(createAccount.account).toEqual({
      id: expect.stringMatching(/^account_[0-9a-z]{26}$/),
      version: 1,
      name: 'Acme',
      type: 'CUSTOMER',
      industry: 'Retail',
      website: 'acme.example',
      employeeCount: 120,
      annualRevenue: { amount: '1100040000.00', currency: 'USD' },
      parent: { id: parent.id, name: 'Holding' },
      owner: { id: viewer.actor?.id, displayName: 'Member' },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: createAccount.account?.createdAt,
      createdBy: { displayName: 'Member' },
    })
  })

  it('UpdateAccount changes a version; a stale one changes nothing and answers the conflicts', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'One' })
    const updated = await app.as('member').must(UpdateAccountDocument, { input: { id, version: 1, name: 'Two' } })
    expect(updated.updateAccount).toEqual({ account: { id, version: 2, name: 'Two' }, userErrors: [] })
    const stale = await app.as('admin').must(UpdateAccountDocument, { input: { id, version: 1, name: 'Three' } })
    expect(stale.updateAccount).toMatchObject({
      account: null,
      userErrors: [
        {
          __typename: 'StaleVersionError',
          code: 'STALE_VERSION',
          currentVersion: 2,
          conflicts: [{ field: 'name', base: 'One', theirs: 'Two', yours: 'Three' }],
        },
      ],
    })
  })

  it('DeleteAccount and RestoreAccount put it away and take it back', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'Away' })
    const { deleteAccount } = await app.as('member').must(DeleteAccountDocument, { input: { id, version: 1 } })
    expect(deleteAccount).toEqual({ account: { id, deletedAt: expect.any(String) }, userErrors: [] })
    const { restoreAccount } = await app.as('member').must(RestoreAccountDocument, { input: { id, version: 2 } })
    expect(restoreAccount).toEqual({ account: { id, deletedAt: null }, userErrors: [] })
  })

  it('CreateAccounts keeps the good rows, results in input order', async () => {
    const { createAccounts } = await app
      .as('member')
      .must(CreateAccountsDocument, {
        input: { records: [{ name: 'A' }, { name: '' }, { name: 'C' }], errorPolicy: 'REJECT_FAILED' },
      })
    expect(createAccounts.createdCount).toBe(2)
    expect(
      createAccounts.results.map(({ index, account, userErrors }) => [
        index,
        account?.name,
        userErrors.map(({ code }) => code),
      ]),
    ).toEqual([
      [0, 'A', []],
      [1, undefined, ['INVALID']],
      [2, 'C', []],
    ])
  })

  it('AccountList answers a page with owner, contacts and latest interactions, by filter, order and search', async () => {
    const member = app.as('member')
    const owner = await member.must(ViewerDocument)
    const shop = await addAccount(member, { name: 'Listed Shop', industry: 'List', ownerId: owner.viewer.actor?.id })
    await addAccount(member, { name: 'Listed Bank', industry: 'List' })
    const contact = await addContact(member, {
      firstName: 'Ann',
      lastName: 'McKay',
      emails: [{ address: 'ann@shop.example' }],
      accounts: [{ accountId: shop.id }],
    })
    for (let day = 1; day <= 6; day++)
      await addInteraction(member, day % 2 ? 'call' : 'email', {
        subject: `Day ${day}`,
        occurredAt: `2024-01-0${day}T00:00:00Z`,
        participants: [{ contactId: contact.id }],
      })
    const filter = { industry: { equals: 'List' } }
    const { accounts } = await read(AccountListDocument, { first: 1, filter, orderBy: [{ name: 'DESC' }] })
    expect(accounts).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
      edges: [{ node: { id: shop.id } }],
    })
    expect(accounts.edges[0]?.cursor).toBe(accounts.pageInfo.endCursor)
    expect(accounts.nodes).toEqual([
      {
        id: shop.id,
        name: 'Listed Shop',
        industry: 'List',
        owner: { id: owner.viewer.actor?.id, displayName: 'Member' },
        contacts: { nodes: [{ id: contact.id, fullName: 'Ann McKay', primaryEmail: 'ann@shop.example' }] },
        interactions: {
          nodes: [6, 5, 4, 3, 2].map((day) => ({
            __typename: day % 2 ? 'Call' : 'Email',
            id: expect.any(String),
            subject: `Day ${day}`,
            occurredAt: `2024-01-0${day}T00:00:00.000Z`,
          })),
        },
      },
    ])
    const next = await read(AccountListDocument, {
      first: 1,
      after: accounts.pageInfo.endCursor,
      filter,
      orderBy: [{ name: 'DESC' }],
    })
    expect(next.accounts).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
      nodes: [{ name: 'Listed Bank' }],
    })
    const example = {
      AND: [{ industry: { equals: 'List' } }, { contacts: { some: { lastName: { startsWith: 'Mc' } } } }],
      NOT: [{ owner: { is: { email: { endsWith: '@old.example' } } } }],
    }
    expect((await read(AccountListDocument, { filter: example })).accounts.nodes.map(({ name }) => name)).toEqual([
      'Listed Shop',
    ])
    expect((await read(AccountListDocument, { search: 'listd shop' })).accounts.nodes[0]?.name).toBe('Listed Shop')
  })

  it('AccountTree answers what is above, below, and the sums', async () => {
    const member = app.as('member')
    const top = await addAccount(member, { name: 'Top' })
    const middle = await addAccount(member, { name: 'Middle', parentId: top.id })
    const leaf = await addAccount(member, { name: 'Leaf', parentId: middle.id })
    const { account } = await read(AccountTreeDocument, { id: middle.id })
    expect(account).toEqual({
      id: middle.id,
      name: 'Middle',
      ancestors: [{ id: top.id, name: 'Top' }],
      subsidiaries: { nodes: [{ id: leaf.id, name: 'Leaf' }] },
      subtree: { accountCount: 2, contactCount: 0, interactionCount: 0 },
    })
  })

  it('AccountTimeline includes what lies below when asked', async () => {
    const member = app.as('member')
    const top = await addAccount(member, { name: 'Above' })
    const below = await addAccount(member, { name: 'Below', parentId: top.id })
    const note = await addInteraction(member, 'note', { regardingIds: [below.id] })
    expect((await read(AccountTimelineDocument, { id: top.id })).account?.timeline.nodes).toEqual([])
    const { account } = await read(AccountTimelineDocument, { id: top.id, includeSubsidiaries: true, first: 5 })
    expect(account?.timeline.nodes).toEqual([
      { __typename: 'Note', id: note.id, occurredAt: '2024-05-01T12:00:00.000Z' },
    ])
  })
})

describe('people', () => {
  it('CreateContact answers addresses, numbers and roles', async () => {
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

  it('RelateContacts, LogInteraction, CreateTask and CompleteTask show in ContactTimeline', async () => {
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

    const { contact } = await read(ContactTimelineDocument, { id: ada.id, kinds: ['CALL'] })
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

  it('Refetch keeps the order, null for what is not there or not yours', async () => {
    const account = await addAccount(app.as('member'), { name: 'Refetched' })
    const contact = await addContact(app.as('member'), { lastName: 'Refetched' })
    const foreign = await addContact(app.as('member', 'globex'), { lastName: 'Foreign' })
    expect((await read(RefetchDocument, { ids: [contact.id, foreign.id, account.id] })).nodes).toEqual([
      { __typename: 'Contact', id: contact.id, fullName: 'Refetched' },
      null,
      { __typename: 'Account', id: account.id, name: 'Refetched' },
    ])
  })
})

describe('the log', () => {
  it('ChangesSince answers what came after a cursor, in order, by filter', async () => {
    await logSettled(app)
    const start = await read(ChangesSinceDocument, { first: 200 })
    const after = start.changes.pageInfo.endCursor
    const account = await addAccount(app.as('member'), { name: 'Logged' })
    const task = await addTask(app.as('member'), { title: 'Logged' })
    await app.as('member').must(UpdateAccountDocument, { input: { id: account.id, version: 1, name: 'Changed' } })
    await logSettled(app)
    const { changes } = await read(ChangesSinceDocument, { after, first: 2 })
    expect(changes.nodes.map(({ operation, type, recordId }) => [operation, type, recordId])).toEqual([
      ['CREATED', 'Account', account.id],
      ['CREATED', 'Task', task.id],
    ])
    expect(changes.pageInfo.hasNextPage).toBe(true)
    const rest = await read(ChangesSinceDocument, {
      after: changes.nodes[1]?.cursor ?? null,
      filter: { types: ['Account'], recordIds: [account.id], operations: ['UPDATED'] },
    })
    expect(rest.changes.nodes).toMatchObject([{ operation: 'UPDATED', changedFields: ['name'], recordId: account.id }])
  })

  it('History tells who, when, old and new', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'Old' })
    await app.as('admin').must(UpdateAccountDocument, { input: { id, version: 1, name: 'New' } })
    const { node } = await read(HistoryDocument, { id, first: 1 })
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
