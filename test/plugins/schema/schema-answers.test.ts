import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt } from '../../../src/testing/answers.ts'
import { importRecords } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { openStream } from '../../support/sse.ts'
import { HOMES, homes, resolveCalls } from '../homes/plugin.ts'

let app: TestApp
let acme: Made
let globex: Made
let household: string

async function make(name: string, accountId: string | null): Promise<string> {
  const data = await app
    .as('member')
    .must(
      `mutation ($input: CreateHouseholdInput!) { createHousehold(input: $input) { household { id } userErrors { message } } }`,
      { input: { name, accountId, kind: 'FAMILY' } },
    )
  return textAt(data, 'createHousehold.household.id')
}

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: homes, directory: HOMES }] })
  acme = await addAccount(app.as('member'), { name: 'Acme' })
  globex = await addAccount(app.as('member'), { name: 'Globex', parentId: acme.id })
  household = await make('Smith', acme.id)
})
afterAll(() => app.close())
beforeEach(() => {
  resolveCalls.length = 0
  app.resetStatements()
})

/** SQL statements since the test began, except those of streams that are still ending. */
function sent(): readonly string[] {
  return app.statements.filter((text) => !text.includes('"changes" t1'))
}

describe("a plugin's object", () => {
  it('can be queried like an object of core, in one SQL statement', async () => {
    const data = await app.as('reader').must(`{
      household(id: "${household}") { name kind account { name householdCount } history { nodes { operation } } createdBy { displayName } }
      node(id: "${household}") { __typename ... on Household { name } }
      households(filter: { account: { is: { name: { equals: "Acme" } } } }, orderBy: [{ name: ASC }]) { totalCount nodes { name } }
      accounts(filter: { households: { some: { kind: { equals: FAMILY } } } }) { nodes { households { nodes { name } } } }
    }`)
    expect(data).toEqual({
      household: {
        name: 'Smith',
        kind: 'FAMILY',
        account: { name: 'Acme', householdCount: 1 },
        history: { nodes: [{ operation: 'CREATED' }] },
        createdBy: { displayName: 'Member' },
      },
      node: { __typename: 'Household', name: 'Smith' },
      households: { totalCount: 1, nodes: [{ name: 'Smith' }] },
      accounts: { nodes: [{ households: { nodes: [{ name: 'Smith' }] } }] },
    })
    expect(sent()).toHaveLength(1)
  })

  it('can be one side of a relationship, with an account on the other side', async () => {
    const member = app.as('member')
    const type = await member.must(
      `mutation { createRelationshipType(input: { name: "home of", inverseName: "lives in" }) { relationshipType { id } } }`,
    )
    const data = await member.must(
      `mutation ($input: CreateRelationshipInput!) { createRelationship(input: $input) {
        relationship { from { __typename ... on Household { name } } to { ... on Account { name } } } userErrors { message } } }`,
      {
        input: { typeId: textAt(type, 'createRelationshipType.relationshipType.id'), fromId: household, toId: acme.id },
      },
    )
    expect(at(data, 'createRelationship')).toEqual({
      relationship: { from: { __typename: 'Household', name: 'Smith' }, to: { name: 'Acme' } },
      userErrors: [],
    })
  })

  it('can be imported from CSV, and a subscription reports the imported record', async () => {
    await logSettled(app)
    const stream = await openStream(
      app,
      app.as('reader'),
      `subscription { householdChanged { operation household { name kind account { name } } } }`,
    )
    const imported = await importRecords(app.as('member'), {
      object: 'Household',
      csv: 'Name,Kind,Account\nJones,SHARED,Globex\n',
      columns: [
        { column: 'Name', field: 'name' },
        { column: 'Kind', field: 'kind' },
        { column: 'Account', field: 'account.name' },
      ],
    })
    expect(imported).toMatchObject({ createdCount: 1, failedCount: 0 })
    expect(at(await stream.next(), 'data.householdChanged')).toEqual({
      operation: 'CREATED',
      household: { name: 'Jones', kind: 'SHARED', account: { name: 'Globex' } },
    })
    stream.close()
  })
})

describe("a plugin's variant of interactions", () => {
  it("can be logged, updated and read in an account's timeline, with a relation to the plugin's object", async () => {
    const member = app.as('member')
    const log = `mutation ($input: LogInteractionInput!) { logInteraction(input: $input) {
      interaction { __typename id version kind ... on HomeVisit { rooms household { name } } } userErrors { code path } } }`
    const visit = { occurredAt: '2024-05-01T10:00:00Z', rooms: 3, householdId: household, regardingIds: [acme.id] }
    const data = await member.must(log, { input: { homeVisit: visit } })
    expect(at(data, 'logInteraction')).toMatchObject({
      interaction: { __typename: 'HomeVisit', kind: 'HOME_VISIT', rooms: 3, household: { name: 'Smith' } },
      userErrors: [],
    })
    const refused = await member.must(log, { input: { homeVisit: { ...visit, householdId: acme.id } } })
    expect(at(refused, 'logInteraction.userErrors')).toEqual([
      { code: 'NOT_FOUND', path: ['input', 'homeVisit', 'householdId'] },
    ])
    const id = textAt(data, 'logInteraction.interaction.id')
    const updated = await member.must(
      `mutation ($input: UpdateInteractionInput!) { updateInteraction(input: $input) {
        interaction { ... on HomeVisit { rooms household { name } } history { nodes { changes { field to } } } } userErrors { code } } }`,
      { input: { id, version: 1, homeVisit: { rooms: 4, householdId: null } } },
    )
    expect(at(updated, 'updateInteraction.interaction')).toMatchObject({ rooms: 4, household: null })
    const timeline = await member.must(
      `{ account(id: "${acme.id}") { timeline(kinds: [HOME_VISIT]) { nodes { __typename ... on HomeVisit { rooms } } } } }`,
    )
    expect(listAt(timeline, 'account.timeline.nodes')).toEqual([{ __typename: 'HomeVisit', rooms: 4 }])
  })
})

describe("a plugin's condition in filters", () => {
  it('filters a list of records, also through a relation and with the value `false`', async () => {
    const data = await app.as('reader').must(`{
      having: accounts(filter: { hasHousehold: true, parent: { isNull: true } }) { nodes { name } }
      below: accounts(filter: { parent: { is: { householdNamed: "Smith" } } }) { nodes { name } }
      without: accounts(filter: { hasHousehold: false }) { nodes { name } }
    }`)
    expect(data).toEqual({
      having: { nodes: [{ name: 'Acme' }] },
      below: { nodes: [{ name: 'Globex' }] },
      without: { nodes: [] },
    })
    expect(sent()).toHaveLength(1)
  })
})

const MATCH = `query ($name: String!) {
  found: matchHouseholds(name: $name) { __typename score level its: account { title: name shout parent { name } } records { __typename id ...Named } }
  accounts(first: 1, orderBy: [{ name: ASC }]) { nodes { name } }
}
fragment Named on Party { ... on Account { name } ... on Household { label: name } }`

describe("a plugin's query", () => {
  it('returns the selected fields, and loads all records of its answer in one SQL statement', async () => {
    const data = await app.as('reader').must(MATCH, { name: 'Acme' })
    expect(listAt(data, 'found')).toEqual([
      {
        __typename: 'HouseholdMatch',
        score: 0.5,
        level: 'SURE',
        its: { title: 'Acme', shout: 'ACME', parent: null },
        records: [
          { __typename: 'Account', id: acme.id, name: 'Acme' },
          { __typename: 'Household', id: household, label: 'Smith' },
        ],
      },
    ])
    expect(at(data, 'accounts.nodes.0.name')).toBe('Acme')
    // The compiled query, the statement of the plugin, and one for all its records.
    expect(sent()).toHaveLength(3)
    expect(resolveCalls).toEqual([[{ name: 'Acme' }]])
  })

  it('can return one record or null', async () => {
    expect(at(await app.as('reader').must('{ biggestAccount { name } }'), 'biggestAccount.name')).toBe('Acme')
    expect(await app.as('reader', 'globex').must('{ biggestAccount { name } }')).toEqual({ biggestAccount: null })
  })

  it.each(['fail', 'write', 'null'])(
    'is null, with an error, when its code throws, writes or returns an invalid value: %s',
    async (name) => {
      const { data, errors } = await app.as('member').query(MATCH, { name })
      expect(at(data, 'found')).toBeNull()
      expect(at(data, 'accounts.nodes.0.name')).toBe('Acme')
      expect(errors).toMatchObject([{ path: ['found'], extensions: { code: 'PLUGIN_FAILED', plugin: 'homes' } }])
    },
  )
})

const SETTLE = `mutation ($input: SettleHouseholdsInput!) { settleHouseholds(input: $input) {
  count org: account { name shout households { totalCount } } first: households { name } again: households { id account { name } }
  userErrors { __typename code path message ... on HouseholdCrowdedError { limit names } } } }`

describe("a plugin's operation", () => {
  it('returns the records that the operation wrote', async () => {
    const data = await app.as('member').must(SETTLE, { input: { accountId: globex.id, names: ['Miller', 'Baker'] } })
    expect(at(data, 'settleHouseholds')).toMatchObject({
      count: 2,
      org: { name: 'Globex', shout: 'GLOBEX', households: { totalCount: 3 } },
      first: [{ name: 'Miller' }, { name: 'Baker' }],
      again: [{ account: { name: 'Globex' } }, { account: { name: 'Globex' } }],
      userErrors: [],
    })
  })

  it('can refuse its input with a user error of a type that the plugin declares', async () => {
    const data = await app.as('member').must(SETTLE, { input: { accountId: globex.id, names: ['a', 'b', 'c'] } })
    expect(at(data, 'settleHouseholds')).toEqual({
      count: 0,
      org: null,
      first: [],
      again: [],
      userErrors: [
        {
          __typename: 'HouseholdCrowdedError',
          code: 'HOUSEHOLD_CROWDED',
          path: ['input', 'names'],
          message: 'Too many households.',
          limit: 2,
          names: ['a', 'b', 'c'],
        },
      ],
    })
  })

  it('is forbidden for a caller without the permission that the operation declares', async () => {
    const answer = await app.as('reader').query(SETTLE, { input: { accountId: globex.id, names: [] } })
    expect(errorCodes(answer)).toEqual(['FORBIDDEN'])
  })
})
