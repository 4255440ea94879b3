import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AccountListDocument,
  AccountTimelineDocument,
  AccountTreeDocument,
  CreateAccountDocument,
  CreateAccountsDocument,
  DeleteAccountDocument,
  RestoreAccountDocument,
  UpdateAccountDocument,
  ViewerDocument,
} from '../../generated/graphql/graphql.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact, addInteraction } from '../support/records.ts'
import { readAtOnce } from './read-at-once.ts'

/** Runs the operations of main-job.graphql on accounts: each does what its comment says. */
let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

describe('the GraphQL operations on accounts in main-job.graphql', () => {
  it('CreateAccount returns the values of its input, and who created the account', async () => {
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

  it('UpdateAccount increases the version, and with a stale version returns the conflicts and no account', async () => {
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

  it('DeleteAccount soft-deletes an account and RestoreAccount restores it', async () => {
    const { id } = await addAccount(app.as('member'), { name: 'Away' })
    const { deleteAccount } = await app.as('member').must(DeleteAccountDocument, { input: { id, version: 1 } })
    expect(deleteAccount).toEqual({ account: { id, deletedAt: expect.any(String) }, userErrors: [] })
    const { restoreAccount } = await app.as('member').must(RestoreAccountDocument, { input: { id, version: 2 } })
    expect(restoreAccount).toEqual({ account: { id, deletedAt: null }, userErrors: [] })
  })

  it('CreateAccounts with REJECT_FAILED creates the valid rows and returns results in the order of the input', async () => {
    const { createAccounts } = await app.as('member').must(CreateAccountsDocument, {
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

  it('AccountList returns a page with owner, contacts and latest interactions, by filter, order and search', async () => {
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
    const { accounts } = await readAtOnce(app, AccountListDocument, { first: 1, filter, orderBy: [{ name: 'DESC' }] })
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
    const next = await readAtOnce(app, AccountListDocument, {
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
    expect(
      (await readAtOnce(app, AccountListDocument, { filter: example })).accounts.nodes.map(({ name }) => name),
    ).toEqual(['Listed Shop'])
    expect((await readAtOnce(app, AccountListDocument, { search: 'listd shop' })).accounts.nodes[0]?.name).toBe(
      'Listed Shop',
    )
  })

  it('AccountTree returns ancestors, subsidiaries and the counts of the subtree', async () => {
    const member = app.as('member')
    const top = await addAccount(member, { name: 'Top' })
    const middle = await addAccount(member, { name: 'Middle', parentId: top.id })
    const leaf = await addAccount(member, { name: 'Leaf', parentId: middle.id })
    const { account } = await readAtOnce(app, AccountTreeDocument, { id: middle.id })
    expect(account).toEqual({
      id: middle.id,
      name: 'Middle',
      ancestors: [{ id: top.id, name: 'Top' }],
      subsidiaries: { nodes: [{ id: leaf.id, name: 'Leaf' }] },
      subtree: { accountCount: 2, contactCount: 0, interactionCount: 0 },
    })
  })

  it('AccountTimeline includes interactions of subsidiaries only with includeSubsidiaries', async () => {
    const member = app.as('member')
    const top = await addAccount(member, { name: 'Above' })
    const below = await addAccount(member, { name: 'Below', parentId: top.id })
    const note = await addInteraction(member, 'note', { regardingIds: [below.id] })
    expect((await readAtOnce(app, AccountTimelineDocument, { id: top.id })).account?.timeline.nodes).toEqual([])
    const { account } = await readAtOnce(app, AccountTimelineDocument, {
      id: top.id,
      includeSubsidiaries: true,
      first: 5,
    })
    expect(account?.timeline.nodes).toEqual([
      { __typename: 'Note', id: note.id, occurredAt: '2024-05-01T12:00:00.000Z' },
    ])
  })
})
