import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVELOPMENT } from '../../src/server/server-settings.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { codeOf, postJson, sendAs } from '../support/post.ts'

/** The headers for browsers, and which requests a page of another origin can make a browser send. */
let closed: TestApp
let open: TestApp

const FRONT_END = 'https://crm.example'
const STRANGER = 'https://evil.example'
const READ = { query: '{ __typename }' }

beforeAll(async () => {
  closed = await createTestApp()
  open = await createTestApp({ settings: { ...DEVELOPMENT, corsOrigins: [FRONT_END, 'http://localhost:5173'] } })
})
afterAll(() => Promise.all([closed.close(), open.close()]))

/** Sends the preflight request of a browser for a page of the given origin. */
function asks(app: TestApp, origin: string, path = '/graphql') {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  }
  return app.fetch(new Request(`http://127.0.0.1${path}`, { method: 'OPTIONS', headers }))
}

const corsOf = (headers: Headers) =>
  [...headers].filter(([name]) => name.startsWith('access-control-allow-origin') || name === 'vary')

describe('pages of other origins', () => {
  it('get no CORS headers by default', async () => {
    const answer = await asks(closed, FRONT_END)
    expect([answer.status, corsOf(answer.headers)]).toEqual([204, []])
    expect(corsOf((await postJson(closed, READ, { origin: FRONT_END })).headers)).toEqual([])
  })

  it.each(['/graphql', '/oauth/token', '/health'])(
    'can use %s when their origin is listed in the server settings',
    async (path) => {
      const { status, headers } = await asks(open, FRONT_END, path)
      expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
        204,
        FRONT_END,
        'Origin',
      ])
      expect(headers.get('access-control-allow-methods')).toBe('GET, POST')
      for (const name of ['authorization', 'content-type', 'idempotency-key', 'x-workspace', 'graphql-cost'])
        expect(headers.get('access-control-allow-headers')?.split(', ')).toContain(name)
      expect(headers.has('access-control-allow-credentials')).toBe(false)
      expect(headers.get('access-control-max-age')).toBe('7200')
    },
  )

  it('can read the response when their origin is listed, also the response to a refused credential', async () => {
    for (const more of [{}, { authorization: 'Bearer wrong' }]) {
      const { headers } = await postJson(open, READ, { origin: FRONT_END, ...more })
      expect(headers.get('access-control-allow-origin')).toBe(FRONT_END)
      expect(headers.get('access-control-expose-headers')).toContain('retry-after')
    }
  })

  it.each([STRANGER, 'null', 'https://crm.example.evil.example', 'http://crm.example', 'https://CRM.example'])(
    'of the unlisted origin %s get no CORS headers except Vary: Origin',
    async (origin) => {
      for (const { headers } of [await asks(open, origin), await postJson(open, READ, { origin })])
        expect(corsOf(headers)).toEqual([['vary', 'Origin']])
    },
  )
})

describe('a request of a browser or of another program', () => {
  it.each([
    ['navigate', 'text/html,application/xhtml+xml,*/*;q=0.8'],
    ['no-cors', 'image/avif,image/webp,*/*;q=0.8'],
    ['no-cors', 'application/json'],
    ['websocket', '*/*'],
  ])(
    'by GET is refused with Sec-Fetch-Mode %s and Accept %s, as a browser sends them for links and images',
    async (mode, accept) => {
      const headers = { 'sec-fetch-mode': mode, 'sec-fetch-site': 'cross-site', accept }
      const answer = await sendAs(closed, '/graphql?query={__typename}', { headers })
      expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT'])
    },
  )

  it.each([
    ['a script of the page', { 'sec-fetch-mode': 'cors', accept: '*/*' }],
    [
      'urql',
      {
        accept:
          'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed',
      },
    ],
    ['another program', { accept: 'application/json' }],
  ])('by GET is executed when it comes from %s', async (_, headers) => {
    const answer = await sendAs(closed, '/graphql?query={__typename}', { headers })
    expect([answer.status, answer.json]).toEqual([200, { data: { __typename: 'Query' } }])
  })

  it('is not signed in by a cookie, because the server sets and reads no cookies', async () => {
    const { headers } = await postJson(closed, READ)
    expect(headers.has('set-cookie')).toBe(false)
    const answer = await postJson(closed, READ, { authorization: '', cookie: `token=${closed.as('admin').token}` })
    expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED'])
  })
})

describe('a response of the server', () => {
  it.each([
    ['data', () => postJson(closed, READ)],
    ['an error', () => postJson(closed, { query: '{ nonsense }' })],
    ['a refused credential', () => postJson(closed, READ, { authorization: 'Bearer wrong' })],
    ['the health check', () => sendAs(closed, '/health')],
    ['an unknown path', () => sendAs(closed, '/nothing')],
    ['the root path', () => sendAs(closed, '/')],
    ['a sign-in', () => sendAs(closed, '/oauth/token', { method: 'POST' })],
  ])('has the security headers for browsers: %s', async (_, send) => {
    const { headers } = await send()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  it('may be cached for 60 seconds when it contains the public signing keys', async () => {
    expect((await sendAs(closed, '/.well-known/jwks.json')).headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('that is an HTML page cannot be shown in a frame of another page', async () => {
    const { headers, text } = await sendAs(closed, '/graphql', {
      headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
    })
    expect(text).toContain('<title>Rapport</title>')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
  })
})
