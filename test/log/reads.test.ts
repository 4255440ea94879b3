import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeId } from '../../src/platform/declare/record-id.ts'
import { at, errorCodes, textAt, textsAt } from '../../src/testing/answers.ts'
import { HOMES, homes } from '../plugins/homes/plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount } from '../support/records.ts'
import { openStream } from '../support/sse.ts'

/** The plugin `homes`, with audited reads of its households. */
const watched = {
  ...homes,
  permissions: [...(homes.permissions ?? []), 'household:update' as const],
  objects: (homes.objects ?? []).map((object) => ({ ...object, auditsReads: true as const })),
}

let app: TestApp
let account: string
let ids: readonly string[]

const SETTLE = `mutation ($input: SettleHouseholdsInput!) {
  settleHouseholds(input: $input) { households { id } userErrors { code } }
}`

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: watched, directory: HOMES }] })
  account = (await addAccount(app.as('member'), { name: 'Acme' })).id
  const settled = await app.as('member').must(SETTLE, { input: { accountId: account, names: ['North', 'South'] } })
  ids = textsAt(settled, 'settleHouseholds.households', 'id')
})
beforeEach(() => app.database.ownerPool.query('truncate audit_entries'))
afterAll(() => app.close())

/** The audited reads, sorted: type and uuid of the record, name of the actor, and mutation. */
async function told(): Promise<unknown[]> {
  const { rows } = await app.database.ownerPool.query<{ told: string }>(
    `select concat_ws(' ', e.type, e.record_id::text, a.display_name, e.mutation) as told from audit_entries e
     join actors a on a.workspace_id = e.workspace_id and a.id = e.actor_id where e.operation = 'READ' order by 1`,
  )
  return rows.map((row) => row.told)
}

const reads = (read: readonly string[], rest = 'Reader') =>
  read.map((id) => `Household ${decodeId(id)?.uuid} ${rest}`).sort()

describe('reads of an object with audited reads', () => {
  it.each([
    ['a list', '{ households { nodes { name } } }', 2],
    [
      'a page of a list',
      '{ households(first: 1, orderBy: [{ name: ASC }]) { nodes { name } pageInfo { hasNextPage } } }',
      1,
    ],
    ['edges', '{ households { edges { node { id name } } } }', 2],
    ['two lists of the same records', '{ a: households { nodes { name } } b: households { nodes { kind: name } } }', 2],
    ['a list below another', '{ accounts { nodes { name households { nodes { version } } } } }', 2],
    ['a fragment', '{ households { nodes { ...It } } } fragment It on Household { createdAt }', 2],
    ['a plugin’s query', '{ matchHouseholds(name: "Acme") { records { id ... on Household { name } } } }', 2],
    ['ids and types only', '{ households { totalCount nodes { __typename id } } }', 0],
    [
      'a filter by records that are not returned',
      '{ accounts(filter: { households: { some: { name: { equals: "North" } } } }) { nodes { name } } }',
      0,
    ],
    ['a list without records', '{ households(filter: { name: { equals: "None" } }) { nodes { name } } }', 0],
  ])('are audited for each record whose values are returned: %s', async (_, query, count) => {
    await app.as('reader').must(query)
    const expected = count === 1 ? ids.slice(0, 1) : count === 2 ? ids : []
    expect(await told()).toEqual(reads(expected))
  })

  it('are audited once for a record that one query reads by id through several root fields', async () => {
    const [id = ''] = ids
    const query =
      'query ($id: ID!) { household(id: $id) { name } node(id: $id) { ... on Household { name } } nodes(ids: [$id]) { ... on Household { name } } }'
    await app.as('reader').must(query, { id })
    expect(await told()).toEqual(reads([id]))
  })

  it('take two SQL statements in all, and one when nothing is audited', async () => {
    const statements = async (query: string) => {
      app.resetStatements()
      await app.as('reader').must(query)
      return app.statements.length
    }
    expect(await statements('{ households { nodes { id } } }')).toBe(1)
    expect(
      await statements('{ households { nodes { name } } accounts { nodes { households { nodes { name } } } } }'),
    ).toBe(2)
  })

  it('are audited for the records in the payload of a mutation, with the name of the mutation', async () => {
    const made = await app
      .as('member')
      .must('mutation { createHousehold(input: { name: "East" }) { household { id name } } }')
    expect(await told()).toEqual(reads([textAt(made, 'createHousehold.household.id')], 'Member createHousehold'))
    await app.database.ownerPool.query('truncate audit_entries')
    const settled = await app.as('member').must(SETTLE.replace('{ id }', '{ id name }'), {
      input: { accountId: account, names: ['West'] },
    })
    const [west = ''] = textsAt(settled, 'settleHouseholds.households', 'id')
    expect(await told()).toEqual(reads([west], 'Member settleHouseholds'))
    const { rows } = await app.database.ownerPool.query(
      'select operation, mutation, plugin from audit_entries order by xid',
    )
    expect(rows).toMatchObject([
      { operation: 'CREATED', mutation: 'settleHouseholds', plugin: 'homes' },
      { operation: 'READ', mutation: 'settleHouseholds', plugin: null },
    ])
  })

  it('are audited for the record in the payload of a mutation that changed nothing', async () => {
    const [id = ''] = ids
    const same = await app
      .as('member')
      .must(
        'mutation ($id: ID!) { updateHousehold(input: { id: $id, version: 1, name: "North" }) { household { name } } }',
        { id },
      )
    expect(at(same, 'updateHousehold.household.name')).toBe('North')
    expect(await told()).toEqual(reads([id], 'Member updateHousehold'))
  })

  it('are audited before an event is sent to a stream', async () => {
    await logSettled(app)
    const stream = await openStream(app, app.as('reader'), 'subscription { householdChanged { household { name } } }')
    const made = await app
      .as('member')
      .must('mutation { createHousehold(input: { name: "New" }) { household { id } } }')
    await stream.next()
    stream.close()
    expect(await told()).toEqual(reads([textAt(made, 'createHousehold.household.id')]))
  })

  it('fail with the error INTERNAL when the audit entry cannot be written', async () => {
    await app.database.ownerPool.query('revoke insert on audit_entries from rapport_app')
    try {
      const answer = await app.as('reader').query('{ households { nodes { name } } }')
      expect(answer.data).toBeNull()
      expect(errorCodes(answer)).toEqual(['INTERNAL'])
      expect(JSON.stringify(answer)).not.toContain('North')
      expect(errorCodes(await app.as('reader').query('{ households { nodes { id } } }'))).toEqual([])
    } finally {
      await app.database.ownerPool.query('grant insert on audit_entries to rapport_app')
    }
  })
})
