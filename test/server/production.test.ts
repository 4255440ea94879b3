import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRODUCTION } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { codeOf, type HttpAnswer, postJson, sendAs } from '../support/post.ts'

/** Attacks that security tools try, against a server with the settings of production and with a valid credential. */
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ settings: PRODUCTION })
})
afterAll(() => app.close())

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ')
// The headers that Python's requests sends.
const script = { accept: '*/*', 'user-agent': 'python-requests/2.32.3' }
const query = (text: string) => postJson(app, { query: text }, script)
const byGet = (text: string) => sendAs(app, `/graphql?query=${encodeURIComponent(text)}`, { headers: script })

/** Expects that the whole request is refused with one error. */
function refused(answer: HttpAnswer, code: string, status = 200): void {
  expect([answer.status, codeOf(answer), at(answer.json, 'data'), at(answer.json, 'errors.1')]).toEqual([
    status,
    code,
    undefined,
    undefined,
  ])
}

describe('a server in production withstands what the security scanner graphql-cop tries', () => {
  it('alias overloading', async () =>
    refused(await query(`query cop { ${repeat(101, (n) => `alias${n}:__typename`)} }`), 'QUERY_TOO_COMPLEX'))

  it('array-based batching', async () => {
    const answer = await postJson(app, Array(11).fill({ query: 'query cop { __typename }' }), script)
    refused(answer, 'BAD_USER_INPUT', 400)
    expect(answer.text).toContain('not an array')
  })

  it('directive overloading', async () =>
    refused(await query(`query cop { __typename ${'@aa'.repeat(10)} }`), 'QUERY_TOO_COMPLEX'))

  it('field duplication', async () =>
    refused(await query(`query cop { ${'__typename \n'.repeat(500)} }`), 'QUERY_TOO_COMPLEX'))

  it('circular introspection', async () =>
    refused(
      await query(
        'query cop { __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
      ),
      'BAD_USER_INPUT',
    ))

  it('circular fragments', async () => {
    const text = 'query { ...A } fragment A on Query { __typename ...B } fragment B on Query { ...A }'
    expect([codeOf(await query(text)), at((await query(text)).json, 'data')]).toEqual(['BAD_USER_INPUT', undefined])
  })

  it('introspection', async () => {
    refused(await query('query cop { __schema { types { name fields { name } } } }'), 'BAD_USER_INPUT')
    refused(await query('query cop { __type(name: "Account") { name } }'), 'BAD_USER_INPUT')
  })

  it('field suggestions', async () => {
    for (const text of [
      'query cop { __schema { directive } }',
      'query cop { account { nam } }',
      '{ acounts { totalCount } }',
    ])
      expect((await query(text)).text).not.toMatch(/did you mean/i)
  })

  it('mutations and queries by GET', async () => {
    refused(await byGet('mutation cop { __typename }'), 'BAD_USER_INPUT', 400)
    refused(await byGet('query cop { __typename }'), 'BAD_USER_INPUT', 400)
    const accepting = { headers: { accept: 'application/json' } }
    refused(await sendAs(app, '/graphql?query=mutation%20cop%20%7B__typename%7D', accepting), 'BAD_USER_INPUT', 405)
  })

  it('queries from an HTML form', async () => {
    const body = new URLSearchParams({ query: 'query cop { __typename }' })
    refused(await sendAs(app, '/graphql', { method: 'POST', headers: script, body }), 'BAD_USER_INPUT', 415)
    const inAddress = await sendAs(app, `/graphql?${body}`, { method: 'POST', headers: script })
    refused(inAddress, 'BAD_USER_INPUT', 400)
  })

  it.each(['/graphiql', '/playground', '/console', '/graphql'])('an API explorer page at %s', async (path) => {
    for (const accept of ['*/*', 'text/html,application/xhtml+xml,*/*;q=0.8']) {
      const { text, status } = await sendAs(app, path, { headers: { accept } })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text).not.toMatch(/graphiql\.min\.css|playground|graphiql/i)
    }
  })

  it('tracing and unhandled errors', async () => {
    const { json, text } = await query('query cop { __typename }')
    expect(json).toEqual({ data: { __typename: 'Query' } })
    const broken = await query('qwerty cop { abc }')
    expect(codeOf(broken)).toBe('BAD_USER_INPUT')
    for (const each of [text, broken.text]) expect(each).not.toMatch(/tracing|exception|stacktrace|node_modules/i)
  })
})

describe('a server in production refuses what other GraphQL servers often accept', () => {
  it.each([
    ['16 aliases of a field', `{ ${repeat(16, (n) => `a${n}: accounts { totalCount }`)} }`, 'sameField', 15, 16],
    ['101 aliases of __typename', `{ ${repeat(101, (n) => `a${n}: __typename`)} }`, 'sameField', 15, 101],
    ['500 duplicate fields', `{ accounts { ${'totalCount '.repeat(500)} } }`, 'duplicates', 50, 500],
  ])('%s', async (_, text, limit, allowed, count) => {
    const answer = await query(text)
    refused(answer, 'QUERY_TOO_COMPLEX')
    expect(at(answer.json, 'errors.0.extensions')).toEqual({ code: 'QUERY_TOO_COMPLEX', limit, allowed, count })
  })

  it('a body of the type application/graphql', async () => {
    const headers = { 'content-type': 'application/graphql' }
    refused(await sendAs(app, '/graphql', { method: 'POST', headers, body: '{ __typename }' }), 'BAD_USER_INPUT', 415)
  })

  it('a mutation in a multipart form', async () => {
    const body = new FormData()
    body.set(
      'operations',
      JSON.stringify({ query: 'mutation { createAccount(input: { name: "x" }) { account { id } } }' }),
    )
    body.set('map', '{}')
    refused(await sendAs(app, '/graphql', { method: 'POST', body }), 'BAD_USER_INPUT', 415)
  })
})

describe('a server in production', () => {
  it('refuses a browser that opens /graphql with HTTP 401, and does not sign the browser in', async () => {
    const request = new Request('http://127.0.0.1/graphql', { headers: { accept: 'text/html' } })
    const response = await app.fetch(request)
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')])
  })

  it('executes a usual query of a front-end', async () => {
    const { json } = await query('{ accounts(first: 5) { totalCount nodes { id name owner { displayName } } } }')
    expect(json).toEqual({ data: { accounts: { totalCount: 0, nodes: [] } } })
  })
})
