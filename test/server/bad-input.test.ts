import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, refusals, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addContact } from '../support/records.ts'
import { rowCounts } from '../support/rows.ts'
import { type BadRequest, badRequests } from './bad-requests.ts'

let app: TestApp
let url: string
let requests: readonly BadRequest[]

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).url
  const account = await addAccount(app.as('member'), { name: 'Here' })
  await addContact(app.as('member'), { lastName: 'Here' })
  const cursors = await app
    .as('member')
    .must(
      '{ contacts { pageInfo { endCursor } } byName: accounts(orderBy: [{ name: ASC }]) { pageInfo { endCursor } } }',
    )
  requests = badRequests({
    accountId: account.id,
    otherCursor: textAt(cursors, 'contacts.pageInfo.endCursor'),
    nameCursor: textAt(cursors, 'byName.pageInfo.endCursor'),
  })
})
afterAll(() => app.close())

const MUTATION = 'mutation { createAccount(input: { name: "Form" }) { account { id } } }'

/** What must not be in a response: stack traces, file paths, SQL. */
const LEAK =
  /node_modules|\/src\/|file:\/\/|\bat [\w.]+ \(|\bselect\b.+\bfrom\b|insert into|pg_|relation "|violates|rapport_app|SQLSTATE/i

async function send({
  body,
  headers = {},
}: Pick<BadRequest, 'body' | 'headers'>): Promise<{ text: string; status: number }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${app.as('member').token}`, ...headers },
    body,
  })
  return { text: await response.text(), status: response.status }
}

/** Sends a body without a Content-Length header. */
function sendInPieces(body: string): Promise<{ text: string; status: number }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${app.as('member').token}` }
    const outgoing = request(url, { method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => (text += String(piece)))
      response.on('end', () => resolve({ text, status: response.statusCode ?? 0 }))
    })
    outgoing.on('error', reject)
    for (let start = 0; start < body.length; start += 100_000) outgoing.write(body.slice(start, start + 100_000))
    outgoing.end()
  })
}

describe('bad input', () => {
  it('is refused with the expected error code, gets no SQL, path or stack trace in return, and writes nothing', async () => {
    const before = await rowCounts(app.database.ownerPool)
    const wrong: string[] = []
    for (const bad of requests) {
      const { text, status } = await send(bad)
      const errors: unknown = at(JSON.parse(text), 'errors')
      const codes = Array.isArray(errors) ? errors.map((error: unknown) => at(error, 'extensions.code')) : []
      if (codes.length === 0 || codes.some((code) => code !== bad.code))
        wrong.push(`${bad.name}: ${text.slice(0, 300)}`)
      if (LEAK.test(text)) wrong.push(`${bad.name} leaks: ${text.slice(0, 300)}`)
      if (status >= 500) wrong.push(`${bad.name}: HTTP ${status}`)
      if (text.length > 20_000) wrong.push(`${bad.name}: an answer of ${text.length} characters`)
    }
    expect(wrong).toEqual([])
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
  })

  it('of 10 MB is refused with HTTP 413, with and without a Content-Length', async () => {
    const before = await rowCounts(app.database.ownerPool)
    const body = JSON.stringify({
      query: 'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } } }',
      variables: { name: 'x'.repeat(10_000_000) },
    })
    const whole = await send({ body })
    expect([whole.status, at(JSON.parse(whole.text), 'errors.0.extensions.code')]).toEqual([413, 'BAD_USER_INPUT'])
    const streamed = await sendInPieces(body)
    expect([streamed.status, at(JSON.parse(streamed.text), 'errors.0.extensions.code')]).toEqual([
      413,
      'BAD_USER_INPUT',
    ])
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
  })

  it('includes a mutation by GET, which is refused with HTTP 405, while a query by GET is executed', async () => {
    const before = await rowCounts(app.database.ownerPool)
    const get = (query: string) =>
      fetch(`${url}?query=${encodeURIComponent(query)}`, {
        headers: { authorization: `Bearer ${app.as('member').token}`, accept: 'application/json' },
      })
    const refused = await get('mutation { createAccount(input: { name: "GET" }) { account { id } } }')
    expect(refused.status).toBe(405)
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
    expect(await (await get('{ accounts { totalCount } }')).json()).toEqual({ data: { accounts: { totalCount: 1 } } })
  })

  it.each([
    ['text/plain', JSON.stringify({ query: MUTATION })],
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: MUTATION }).toString()],
    ['application/graphql', MUTATION],
    [
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${MUTATION}\r\n--x--\r\n`,
    ],
  ])('of the content type %s is refused with HTTP 415', async (type, body) => {
    const before = await rowCounts(app.database.ownerPool)
    const { text, status } = await send({ body, headers: { 'content-type': type } })
    expect([status, at(JSON.parse(text), 'errors.0.extensions.code')]).toEqual([415, 'BAD_USER_INPUT'])
    expect(await rowCounts(app.database.ownerPool)).toEqual(before)
  })

  it('to a mutation, such as an id of another workspace or a zero byte, is refused with an entry of userErrors', async () => {
    const before = await rowCounts(app.database.ownerPool)
    const foreign = await addAccount(app.as('member', 'globex'), { name: 'Foreign' })
    const afterForeign = await rowCounts(app.database.ownerPool)
    const create =
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } userErrors { code } } }'
    for (const [input, code] of [
      [{ name: 'x', parentId: foreign.id }, 'NOT_FOUND'],
      [{ name: 'x', parentId: 'contact_00000000000000000000000000' }, 'NOT_FOUND'],
      [{ name: 'x', parentId: 'nonsense' }, 'NOT_FOUND'],
      [{ name: 'a\u0000b' }, 'INVALID'],
      [{ name: 'a\ud800b' }, 'INVALID'],
      [{ name: 'x', description: 'x'.repeat(20_001) }, 'INVALID'],
      [{ name: 'x'.repeat(501) }, 'INVALID'],
    ] as const) {
      expect([code, refusals(await app.as('member').must(create, { input }), 'createAccount')]).toEqual([code, [code]])
    }
    expect(await rowCounts(app.database.ownerPool)).toEqual(afterForeign)
    expect(afterForeign['accounts']).toBe((before['accounts'] ?? 0) + 1)
  })

  it('is reported with the path of the GraphQL field, but `node` with an unknown id gives null and no error', async () => {
    const { data, errors } = await app
      .as('member')
      .query('{ viewer { workspace { slug } } node(id: "nonsense") { id } }')
    expect([data, errors]).toEqual([{ viewer: { workspace: { slug: 'acme' } }, node: null }, []])
    const half = await app.as('member').query('{ node(id: "nonsense") { id } accounts(first: 999) { totalCount } }')
    expect(errorCodes(half)).toEqual(['BAD_USER_INPUT'])
    expect(half.errors[0]?.path).toEqual(['accounts'])
  })
})

describe('unusual but valid input', () => {
  it('is stored and found unchanged: emoji, right-to-left, combining marks, quotes and wildcards', async () => {
    const names = [
      '😀 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿',
      'شركة الاختبار',
      'e\u0301clair / éclair',
      `Robert'); DROP TABLE accounts; --`,
      '100% _under_ \\back\\',
      '<script>alert(1)</script>',
      '$1 ${x} {{y}}',
      '名前',
    ]
    for (const name of names) {
      const { id } = await addAccount(app.as('member'), { name })
      expect(await app.as('reader').must('query ($id: ID!) { account(id: $id) { name } }', { id })).toEqual({
        account: { name },
      })
      const found = await app
        .as('reader')
        .must('query ($name: String!) { accounts(filter: { name: { contains: $name } }) { nodes { id } } }', { name })
      expect(found).toEqual({ accounts: { nodes: [{ id }] } })
    }
  })

  it('in a contains filter, such as %, _ or \\, matches only records with this character', async () => {
    const count = async (text: string) =>
      at(
        await app
          .as('reader')
          .must('query ($text: String!) { accounts(filter: { name: { contains: $text } }) { totalCount } }', { text }),
        'accounts.totalCount',
      )
    expect([await count('%'), await count('_'), await count('\\')]).toEqual([1, 1, 1])
  })
})
