import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt, refusals, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, addInteraction, addTeam } from '../support/records.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const WRITERS = 16
const writers = Array.from({ length: WRITERS }, (_, index) => index)
const CREATE =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id name } userErrors { __typename code } } }'
const UPDATE = `mutation ($input: UpdateAccountInput!) {
  updateAccount(input: $input) { account { version } userErrors { __typename code ... on StaleVersionError { currentVersion conflicts { field base theirs yours } } } }
}`

describe('16 concurrent writes of one record', () => {
  it('all with version 1: one succeeds, and every other one gets STALE_VERSION with the new values', async () => {
    const made = await addAccount(app.as('member'), { name: 'Base' })
    const answers = await Promise.all(
      writers.map((writer) =>
        app.as('member').must(UPDATE, { input: { id: made.id, version: 1, name: `Writer ${writer}` } }),
      ),
    )
    const won = answers.filter((answer) => at(answer, 'updateAccount.account'))
    expect(won).toHaveLength(1)
    const name = textAt(
      await app.as('member').must('query ($id: ID!) { account(id: $id) { name } }', { id: made.id }),
      'account.name',
    )
    for (const [writer, answer] of answers.entries()) {
      if (at(answer, 'updateAccount.account')) expect(name).toBe(`Writer ${writer}`)
      else {
        const conflicts = [{ field: 'name', base: 'Base', theirs: name, yours: `Writer ${writer}` }]
        expect(at(answer, 'updateAccount.userErrors')).toEqual([
          { __typename: 'StaleVersionError', code: 'STALE_VERSION', currentVersion: 2, conflicts },
        ])
      }
    }
  })

  it('with retries after a stale version: no update is lost', async () => {
    const made = await addAccount(app.as('member'), { name: 'List', description: '' })
    const append = async (writer: number) => {
      for (;;) {
        const { account } = Object(
          await app.as('member').must('query ($id: ID!) { account(id: $id) { version description } }', { id: made.id }),
        )
        const description = `${at(account, 'description') ?? ''} ${writer}`
        const answer = await app
          .as('member')
          .must(UPDATE, { input: { id: made.id, version: at(account, 'version'), description } })
        if (refusals(answer, 'updateAccount').length === 0) return
      }
    }
    await Promise.all(writers.map(append))
    const seen = await app
      .as('member')
      .must(
        'query ($id: ID!) { account(id: $id) { version description history(first: 200) { nodes { changes { to } } } } }',
        { id: made.id },
      )
    const appended = textAt(seen, 'account.description').split(' ').map(Number)
    expect(appended.toSorted((a, b) => a - b)).toEqual(writers)
    expect(at(seen, 'account.version')).toBe(1 + WRITERS)
    // The text of each version begins with the text before it: no update has overwritten another.
    const texts = listAt(seen, 'account.history.nodes').map((entry) => String(at(entry, 'changes.0.to')))
    for (const [index, text] of texts.slice(0, -2).entries())
      expect(text.startsWith(String(texts[index + 1]))).toBe(true)
  })

  it('of which half are deletes: one succeeds, and the others get STALE_VERSION or NOT_FOUND', async () => {
    const made = await addAccount(app.as('member'), { name: 'Short-lived' })
    const remove = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { code } } }'
    const answers = await Promise.all(
      writers.map(async (writer) =>
        writer % 2 === 0
          ? refusals(await app.as('member').must(remove, { input: { id: made.id, version: 1 } }), 'deleteAccount')
          : refusals(
              await app.as('member').must(UPDATE, { input: { id: made.id, version: 1, name: `W${writer}` } }),
              'updateAccount',
            ),
      ),
    )
    expect(answers.filter((codes) => codes.length === 0)).toHaveLength(1)
    for (const codes of answers.flat()) expect(['STALE_VERSION', 'NOT_FOUND']).toContain(codes)
  })
})

describe('16 simultaneous requests to create a record with the same unique value', () => {
  it('create one account when the value is a domain, and the other requests get DUPLICATE', async () => {
    const answers = await Promise.all(
      writers.map((writer) =>
        app.as('member').must(CREATE, { input: { name: `Rival ${writer}`, domains: [{ domain: 'rival.example' }] } }),
      ),
    )
    expect(answers.flatMap((answer) => refusals(answer, 'createAccount')).toSorted()).toEqual(
      Array.from({ length: WRITERS - 1 }, () => 'DUPLICATE'),
    )
  })

  it('create one team when the value is its name', async () => {
    const answers = await Promise.allSettled(writers.map(() => addTeam(app.as('admin'), { name: 'One of a kind' })))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('create one interaction when the value is its source id, and all requests return that interaction', async () => {
    const made = await Promise.all(
      writers.map(() => addInteraction(app.as('member'), 'call', { source: 'pbx', sourceId: 'race' })),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    await logSettled(app)
    const log = await app
      .as('member')
      .must('query ($ids: [ID!]) { changes(filter: { recordIds: $ids }) { totalCount } }', {
        ids: made.slice(0, 1).map(({ id }) => id),
      })
    expect(at(log, 'changes.totalCount')).toBe(1)
  })
})

describe('a request with an Idempotency-Key', () => {
  const send = (key: string, name: string, extra: Readonly<Record<string, unknown>> = {}) =>
    app.as('member').query(CREATE, { input: { name, ...extra } }, { 'idempotency-key': key })
  const named = async (name: string) =>
    at(
      await app
        .as('member')
        .must('query ($name: String!) { accounts(filter: { name: { equals: $name } }) { totalCount } }', { name }),
      'accounts.totalCount',
    )

  it('creates one record when it is sent 16 times at once, and all requests get the same answer', async () => {
    const answers = await Promise.all(writers.map(() => send('at-once', 'At once')))
    expect(textAt(answers[0], 'data.createAccount.account.id')).toMatch(/^account_/)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await named('At once')).toBe(1)
  })

  it('gets the stored answer when it is sent again, even if the record has changed since', async () => {
    const first = await send('later', 'Later')
    await app
      .as('member')
      .must(UPDATE, { input: { id: at(first, 'data.createAccount.account.id'), version: 1, name: 'Changed' } })
    expect(await send('later', 'Later')).toEqual(first)
    expect(await named('Later')).toBe(0)
  })

  it('is refused, and writes nothing, when a different request of the caller had the same key before', async () => {
    await send('reused', 'Reused')
    const other = await send('reused', 'Another')
    expect(errorCodes(other)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(await named('Another')).toBe(0)
  })

  it('gets the stored user error when it is sent again, even if it would succeed by now', async () => {
    const holder = await addAccount(app.as('member'), { name: 'Holder', domains: [{ domain: 'held.example' }] })
    const refused = await send('refusal', 'Refused', { domains: [{ domain: 'held.example' }] })
    expect(refusals(refused.data, 'createAccount')).toEqual(['DUPLICATE'])
    await app.as('member').must(UPDATE, { input: { id: holder.id, version: 1, domains: [] } })
    expect(await send('refusal', 'Refused', { domains: [{ domain: 'held.example' }] })).toEqual(refused)
    expect(await named('Refused')).toBe(0)
  })

  it('is carried out although another caller, in the same workspace or another, has used the same key', async () => {
    await send('mine', 'Mine')
    for (const client of [app.as('admin'), app.as('member', 'globex')]) {
      const answer = await client.query(CREATE, { input: { name: 'Not the same' } }, { 'idempotency-key': 'mine' })
      expect(textAt(answer, 'data.createAccount.account.name')).toBe('Not the same')
    }
  })

  it('carries out each of two equal mutations in its document once, also when it is sent again', async () => {
    const two =
      'mutation { a: createAccount(input: { name: "Two" }) { account { id } } b: createAccount(input: { name: "Two" }) { account { id } } }'
    const send = () => app.as('member').query(two, {}, { 'idempotency-key': 'two' })
    const first = await send()
    expect(at(first, 'data.a.account.id')).not.toBe(at(first, 'data.b.account.id'))
    expect(await send()).toEqual(first)
    expect(await named('Two')).toBe(2)
  })

  it('is refused when the key is malformed or too long, before anything is written', async () => {
    for (const key of ['with space', 'ü', 'x'.repeat(256)])
      expect(errorCodes(await send(key, 'Bad key'))).toEqual(['BAD_USER_INPUT'])
    expect(await named('Bad key')).toBe(0)
  })
})
