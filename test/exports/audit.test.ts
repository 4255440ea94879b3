import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { HOMES, homes } from '../plugins/homes/plugin.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount } from '../support/records.ts'
import { addressOf, download, exported, exportedRows } from './export-records.ts'

/** The plugin `homes`, with audited reads of its households. */
const watched = {
  ...homes,
  permissions: [...(homes.permissions ?? []), 'household:update' as const],
  objects: (homes.objects ?? []).map((object) => ({ ...object, auditsReads: true as const })),
}

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: watched, directory: HOMES }] })
  const { id } = await addAccount(app.as('member'), { name: 'Acme' })
  const settled = await app
    .as('member')
    .must('mutation ($input: SettleHouseholdsInput!) { settleHouseholds(input: $input) { userErrors { code } } }', {
      input: { accountId: id, names: ['North', 'South'] },
    })
  expect(at(settled, 'settleHouseholds.userErrors')).toEqual([])
})
beforeEach(() => app.database.ownerPool.query('truncate audit_entries'))
afterAll(() => app.close())

const AUDIT = `query ($operation: ChangeOperation!) {
  auditEntries(filter: { operation: { equals: $operation } }, orderBy: [{ at: ASC }]) {
    nodes { type recordId mutation ipAddress requestId actor { displayName } changes { field from to } }
  }
}`

/** The audit entries of exports as an administrator reads them, each with its values by name. */
async function entries() {
  const data = await app.as('admin').must(AUDIT, { operation: 'EXPORTED' })
  return listAt(data, 'auditEntries.nodes').map((entry) => ({
    who: `${textAt(entry, 'type')} ${textAt(entry, 'actor.displayName')}`,
    mutation: at(entry, 'mutation'),
    values: Object.fromEntries(listAt(entry, 'changes').map((change) => [textAt(change, 'field'), at(change, 'to')])),
  }))
}

it('the audit tells who has exported which fields of which records, and how many they got', async () => {
  const filter = { name: { startsWith: 'A' } }
  await exported(app, app.as('reader'), { fields: ['name', 'industry'], filter, orderBy: [{ field: 'name' }] })
  const [begun, completed, ...more] = await entries()
  expect(more).toEqual([])
  expect(begun).toMatchObject({
    who: 'User Reader',
    mutation: 'exportRecords',
    values: {
      state: 'BEGUN',
      object: 'Account',
      fields: ['name', 'industry'],
      filter,
      orderBy: [{ field: 'name', direction: 'ASC' }],
      format: 'CSV',
      includeDeleted: false,
    },
  })
  expect(completed).toMatchObject({
    who: 'User Reader',
    values: { state: 'COMPLETED', object: 'Account', records: 1, export: begun?.values['export'] },
  })
})

it('an order that is not downloaded leaves no entry, and a client that goes away one with what it got', async () => {
  const url = await addressOf(app.as('reader'), { fields: ['name'] })
  expect(await entries()).toEqual([])
  const response = await download(app, url)
  await response.body?.cancel()
  expect((await entries()).map(({ values }) => values['state'])).toEqual(['BEGUN', 'INTERRUPTED'])
})

it('reads of an object with audited reads are in the audit for each record', async () => {
  const read = async () => {
    const data = await app.as('admin').must(AUDIT, { operation: 'READ' })
    return listAt(data, 'auditEntries.nodes').map(
      (entry) => `${textAt(entry, 'recordId')} ${textAt(entry, 'actor.displayName')}`,
    )
  }
  const rows = await exportedRows(app, app.as('reader'), { object: 'Household', fields: ['id', 'name'] })
  expect(rows).toHaveLength(2)
  expect((await read()).sort()).toEqual(rows.map((row) => `${textAt(row, 'id')} Reader`).sort())
})

it('a file whose first records can’t be read is refused each time, and then does not count as running', async () => {
  for (const _ of [1, 2, 3, 4]) {
    const response = await download(app, await addressOf(app.as('reader'), { fields: ['name', 'broken'] }))
    expect(response.status).toBe(500)
    expect(at(await response.json(), 'errors.0')).toMatchObject({
      message: expect.stringMatching(/^The plugin homes failed in Account\.broken/),
      extensions: { code: 'PLUGIN_FAILED' },
    })
  }
  expect((await entries()).slice(-1)).toMatchObject([{ values: { state: 'INTERRUPTED', records: 0 } }])
  expect(await exported(app, app.as('reader'), { fields: ['name', 'shout'] })).toBe('name,shout\r\nAcme,ACME\r\n')
})

it('an order takes two statements of its own, and a file one for each 200 records besides those of the audit', async () => {
  app.resetStatements()
  const url = await addressOf(app.as('reader'), { fields: ['name', 'owner.displayName', 'addresses.city'] })
  expect(app.statements.map((text) => text.slice(0, 18))).toEqual(
    ['delete from exports', 'insert into exports'].map((text) => text.slice(0, 18)),
  )
  app.resetStatements()
  await (await download(app, url)).text()
  expect(app.statements.map((text) => text.slice(0, 18))).toEqual([
    'insert into audit_',
    'declare batches no',
    'fetch 200 from bat',
    'insert into audit_',
  ])
})
