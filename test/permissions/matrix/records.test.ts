import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { addUpEverything } from './aggregates.ts'
import { pageEverything } from './arguments.ts'
import { coordinates, idle, missed } from './coverage.ts'
import {
  askByIds,
  askTheLog,
  findEverything,
  followByFilters,
  followEverything,
  pollEverything,
  searchEverything,
} from './exits.ts'
import { exportEverything } from './exports.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { groupEverything } from './groups.ts'
import { type Asking, filterEverything, listEverything, readEverything, scoped } from './records.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Tests which records a caller can see: records of every type, through every exit, for each scope of a role. */
let fixture: Fixture
let stopped: Date | null = null
beforeAll(async () => {
  fixture = await openFixture({ now: () => stopped ?? new Date() })
  // Values that grow with the time, such as the seconds in a stage, have to be the same in two answers.
  stopped = new Date()
})
afterAll(() => fixture?.app.close())

/** The ways in which the API returns data. */
const EXITS = {
  askByIds,
  askTheLog,
  readEverything,
  listEverything,
  filterEverything,
  groupEverything,
  searchEverything,
  followEverything,
  pollEverything,
  findEverything,
  exportEverything,
}
/** Exits for which one scope is enough: the SQL condition of a scope is the same as in the other exits. */
const ONCE = { pageEverything, addUpEverything, followByFilters }

describe.each([
  ['the caller’s own records', 'own'],
  ['records of the caller’s teams', 'team'],
  ['records of users with roles below the caller’s roles', 'hierarchy'],
  ['only records shared with the caller', 'shared'],
  ['all records', null],
])('a role that covers %s', (_name, scope) => {
  const asking = async (): Promise<Asking> => {
    const permissions = scoped(fixture, scope)
    await fixture.grant(permissions)
    return { fixture, token: fixture.boss.token ?? '', permissions, found: [] }
  }

  it.each(Object.entries(scope === 'own' ? { ...EXITS, ...ONCE } : EXITS))(
    'shows no record beyond these in the answers to the requests of %s()',
    async (_, ask) => {
      const asked = await asking()
      await ask(asked)
      expect(asked.found.slice(0, 40)).toEqual([])
    },
  )
})
it('the test records have a value for every field of every input that creates records, except those in UNFILLED', () => {
  // These exclude another field of the same input.
  expect(fixture.unfilled).toEqual(UNFILLED)
})

describe('a caller', () => {
  const ask = async (
    permissions: readonly string[],
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ) => {
    await fixture.grant(permissions)
    const { data, errors, text } = await fixture.asker.ask(fixture.boss.token ?? '', query, variables)
    return { data, text, permission: at(errors[0]?.extensions, 'permission') ?? errors[0]?.message }
  }

  it('needs audit:read for the list of audit entries, and for the IP addresses and user agents in a history', async () => {
    const reader = ['auditEntry:read', 'account:read', 'actor:read', 'user:read']
    for (const query of [
      '{ auditEntries { nodes { id actor { __typename } } } }',
      '{ accounts { nodes { history { nodes { ipAddress } } } } }',
      '{ accounts { nodes { history { nodes { userAgent } } } } }',
      '{ accounts(filter: { history: { some: { ipAddress: { contains: "1" } } } }) { totalCount } }',
      '{ accounts(filter: { history: { some: { userAgent: { contains: "1" } } } }) { totalCount } }',
    ]) {
      expect([query, await ask(reader, query)]).toMatchObject([query, { permission: 'audit:read' }])
      expect([query, await ask([...reader, 'audit:read'], query)]).toMatchObject([query, { permission: undefined }])
    }
  })

  it('gets from a plugin’s query only what both the caller and the plugin may read', async () => {
    const find = 'query ($object: String!, $filter: String) { narrowRecords(object: $object, filter: $filter) }'
    const all = scoped(fixture, null)
    const { data } = await ask(all, find, { object: 'Account' })
    const rows = listAt({ rows: JSON.parse(textAt(data, 'narrowRecords')) }, 'rows')
    expect(rows.length).toBeGreaterThan(6)
    for (const row of rows) expect(Object.keys(Object(row)).sort()).toEqual(['id', 'name', 'version'])
    const filter = JSON.stringify({ industry: { contains: 'zk' } })
    expect(await ask(all, find, { object: 'Account', filter })).toMatchObject({ permission: 'account.industry:read' })
    const wide = find.replace('narrow', 'wide')
    expect(await ask(['account.name:read'], wide, { object: 'Account', filter })).toMatchObject({
      permission: 'account.industry:read',
    })
    expect((await ask(all, find, { object: 'Contact' })).permission).toBe('contact:read')
    expect((await ask(['contact:read'], wide, { object: 'Account' })).permission).toBe('account:read')
  })
})

const UNFILLED = [
  // A record grant has one recipient: users and roles are tested. A team would give the fixture's people more access.
  'createRecordGrant teamId',
  // Fixed in a lost stage, and LOST is the first kind that is tried.
  'createStage probability',
  // Names of fields of an opportunity: no generated text is one.
  'createStage requiredFields',
  // A percentage or an amount, and not both.
  'createOpportunity lines.0.discount.amount',
  'createOpportunity lines.0.discount.currency',
  // A quarter or a month, and not both.
  'createQuota month',
  'createForecastAdjustment month',
  // It is the name of a group of the same input, and the generator gives each text another value.
  'createProduct options.0.groupName',
  'createQuote lines.0.groupName',
  // The kind of an approver decides which of these is set, and the first kind has none.
  'createQuoteApprovalPolicy steps.0.level',
  'createQuoteApprovalPolicy steps.0.roleId',
  'createQuoteApprovalPolicy steps.0.userId',
  // An image: no generated text is one.
  'createProposalTemplate logo',
  // A party is a record or a name, and the generated one has a name.
  'createMatter parties.0.accountId',
  'createMatter parties.0.contactId',
]

/** Coordinates that no request uses, and why. */
const EXEMPT = {
  'OpportunityStageEntry\\.stage':
    'read with the history of an opportunity: test/modules/opportunities/history.test.ts',
  'Interaction\\.history\\(.*': 'the same as that of each kind of interaction, which the tests use',
  '(Account|Contact)\\.matters\\((after|before):\\)': 'no record has any, so there is no cursor',
  'Contact\\.tasks\\((after|before):\\)': 'no record has any, so there is no cursor',
  'User\\.sessions\\((after|before):\\)': 'no record has any, so there is no cursor',
  'QuoteApproval(Status)?Filter\\..*':
    'reached only through the versions of a quote, by conditions that every object has',
  'StageSummary\\.(amount|weightedAmount)\\((convertTo|on):\\)':
    'within the stages of a pipeline; test/modules/opportunities/board-figures.test.ts converts them',
  'Workspace\\.history\\((after|before):\\)': 'no record has any, so there is no cursor',
}

it('the permission matrix uses every field and argument of queries and subscriptions, except those in EXEMPT', () => {
  const { schema, asker } = fixture
  const all = coordinates(schema, schema.getQueryType(), schema.getSubscriptionType())
  expect(all.size).toBeGreaterThan(2_000)
  expect(missed(all, asker.asked, EXEMPT)).toEqual([])
  expect(idle(all, asker.asked, EXEMPT)).toEqual([])
})
