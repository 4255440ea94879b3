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
import { type Fixture, openFixture } from './fixture.ts'
import { type Asking, filterEverything, listEverything, readEverything, scoped } from './records.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Which records anybody is told of, whatever they ask: every type, by every way out, for each scope of a role. */
let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture?.app.close())

const EXITS = {
  askByIds,
  askTheLog,
  readEverything,
  listEverything,
  filterEverything,
  searchEverything,
  followEverything,
  pollEverything,
  findEverything,
}
/** What one scope is enough for: the condition that it sets is the same as for the others. */
const ONCE = { pageEverything, addUpEverything, followByFilters }

describe.each([
  ['what they own', 'own'],
  ['teams', 'team'],
  ['the hierarchy', 'hierarchy'],
  ['sharing alone', 'shared'],
  ['their type alone', null],
])('a role that reaches records by %s', (_name, scope) => {
  const asking = async (): Promise<Asking> => {
    const permissions = scoped(fixture, scope)
    await fixture.grant(permissions)
    return { fixture, token: fixture.boss.token ?? '', permissions, found: [] }
  }

  it.each(Object.entries(scope === 'own' ? { ...EXITS, ...ONCE } : EXITS))('%s', async (_, ask) => {
    const asked = await asking()
    await ask(asked)
    expect(asked.found.slice(0, 40)).toEqual([])
  })
})
it('every field of every input has a value in some record', () => {
  // What excludes another, and is tried in the other places of its kind.
  expect(fixture.unfilled).toEqual(UNFILLED)
})

describe('beside records', () => {
  const ask = async (
    permissions: readonly string[],
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ) => {
    await fixture.grant(permissions)
    const { data, errors, text } = await fixture.asker.ask(fixture.boss.token ?? '', query, variables)
    return { data, text, permission: at(errors[0]?.extensions, 'permission') ?? errors[0]?.message }
  }

  it('the audit as a whole, and where requests came from, take audit:read', async () => {
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

  it('a plugin acts for its caller within its own permissions', async () => {
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
  // A grant is for one: users and roles are tried; what it gives to a team would give the fixture's people more.
  'createRecordGrant teamId',
  // A party is a record or a name, and this one has a name.
  'createMatter parties.0.accountId',
  'createMatter parties.0.contactId',
]

/** What nothing asks for, and why not. */
const EXEMPT = {
  'Interaction\\.history\\(.*': 'the same as of each kind of interaction, which are asked for',
  '(Account|Contact)\\.matters\\((after|before):\\)': 'no record has any, so there is no cursor',
  'Contact\\.tasks\\((after|before):\\)': 'no record has any, so there is no cursor',
  'User\\.sessions\\((after|before):\\)': 'no record has any, so there is no cursor',
  'Workspace\\.history\\((after|before):\\)': 'no record has any, so there is no cursor',
}

it('nothing of the schema is left out that can be read', () => {
  const { schema, asker } = fixture
  const all = coordinates(schema, schema.getQueryType(), schema.getSubscriptionType())
  expect(all.size).toBeGreaterThan(2_000)
  expect(missed(all, asker.asked, EXEMPT)).toEqual([])
  expect(idle(all, asker.asked, EXEMPT)).toEqual([])
})
