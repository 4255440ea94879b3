import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount, type Made } from '../../support/records.ts'
import { openStream } from '../../support/sse.ts'
import { HOMES, homes, resolveCalls } from '../homes/plugin.ts'

let app: TestApp
let acme: Made
let globex: Made

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
  await make('Smith', acme.id)
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

describe('a resolved field', () => {
  it('is resolved by one call for all records of a response, in nested lists and under aliases', async () => {
    const data = await app.as('reader').must(`{
      accounts(orderBy: [{ name: ASC }]) { nodes { name shout loud: shout subsidiaries { nodes { shout parent { shout } } } } }
      account(id: "${acme.id}") { shout }
    }`)
    expect(listAt(data, 'accounts.nodes')).toEqual([
      {
        name: 'Acme',
        shout: 'ACME',
        loud: 'ACME',
        subsidiaries: { nodes: [{ shout: 'GLOBEX', parent: { shout: 'ACME' } }] },
      },
      { name: 'Globex', shout: 'GLOBEX', loud: 'GLOBEX', subsidiaries: { nodes: [] } },
    ])
    expect(at(data, 'account.shout')).toBe('ACME')
    expect(resolveCalls).toEqual([[{ name: 'Acme' }, { name: 'Globex' }]])
    expect(sent()).toHaveLength(1)
  })

  it.each(['broken', 'slow', 'short'])(
    'is null for every record, with an error at the path, when its code throws, is slow or returns too little: %s',
    async (field) => {
      const { data, errors } = await app
        .as('reader')
        .query(`{ accounts(orderBy: [{ name: ASC }]) { nodes { name ${field} } } }`)
      expect(listAt(data, 'accounts.nodes')).toEqual([
        { name: 'Acme', [field]: null },
        { name: 'Globex', [field]: null },
      ])
      expect(errors.map(({ path, extensions }) => ({ path, extensions }))).toEqual(
        [0, 1].map((index) => ({
          path: ['accounts', 'nodes', index, field],
          extensions: { code: 'PLUGIN_FAILED', plugin: 'homes', field: `Account.${field}` },
        })),
      )
      expect(errors[0]?.locations).toHaveLength(1)
    },
  )

  it('is null only for records whose value has the wrong type', async () => {
    const { data, errors } = await app.as('reader').query(`{ accounts(orderBy: [{ name: ASC }]) { nodes { wrong } } }`)
    expect(listAt(data, 'accounts.nodes')).toEqual([{ wrong: 7 }, { wrong: null }])
    expect(errors.map(({ path }) => path)).toEqual([['accounts', 'nodes', 1, 'wrong']])
  })

  it('is returned by mutations with its errors, and is not resolved again when an Idempotency-Key is repeated', async () => {
    const document = `mutation ($input: CreateAccountInput!) {
      createAccount(input: $input) { account { shout broken parent { shout } } userErrors { message } }
    }`
    const headers = { 'idempotency-key': 'one' }
    const variables = { input: { name: 'Initech', parentId: globex.id } }
    const first = await app.as('member').query(document, variables, headers)
    expect(at(first.data, 'createAccount.account')).toEqual({
      shout: 'INITECH',
      broken: null,
      parent: { shout: 'GLOBEX' },
    })
    expect(first.errors.map(({ path }) => path)).toEqual([['createAccount', 'account', 'broken']])
    expect(errorCodes(first)).toEqual(['PLUGIN_FAILED'])
    expect(resolveCalls).toHaveLength(1)
    const second = await app.as('member').query(document, variables, headers)
    expect(second.data).toEqual(first.data)
    expect(resolveCalls).toHaveLength(1)
  })

  it('is returned by subscriptions with its errors', async () => {
    // Otherwise the stream could still return the creation of the accounts.
    await logSettled(app)
    const stream = await openStream(
      app,
      app.as('reader'),
      `subscription { accountChanged(filter: { hasHousehold: true }) { operation account { name shout broken } } }`,
    )
    const update = `mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { version } userErrors { message } } }`
    await app.as('member').must(update, { input: { id: globex.id, version: 1, industry: 'none' } })
    await app.as('member').must(update, { input: { id: acme.id, version: 1, industry: 'some' } })
    const event = await stream.next()
    expect(at(event, 'data.accountChanged')).toEqual({
      operation: 'UPDATED',
      account: { name: 'Acme', shout: 'ACME', broken: null },
    })
    expect(at(event, 'errors.0.extensions.code')).toBe('PLUGIN_FAILED')
    stream.close()
  })
})
