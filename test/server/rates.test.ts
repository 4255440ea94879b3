import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DEVELOPMENT, type ServerSettings } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { codeOf, type HttpAnswer, postJson, sendAs } from '../support/post.ts'
import { openSocket } from '../support/socket.ts'

type Rates = ServerSettings['rates']

let app: TestApp
afterEach(() => app.close())

async function start(rates: Partial<Rates>, more: TestAppOptions = {}): Promise<void> {
  app = await createTestApp({ ...more, settings: { ...DEVELOPMENT, rates: { ...DEVELOPMENT.rates, ...rates } } })
}

/** Status, limit and remaining count of a response, and whether it has Retry-After. */
function told({ status, headers }: HttpAnswer): unknown {
  const count = (name: string) => {
    const value = headers.get(name)
    return value === null ? null : Number(value)
  }
  return [status, count('ratelimit-limit'), count('ratelimit-remaining'), headers.has('retry-after')]
}

const READ = { query: '{ accounts(first: 9) { nodes { id } } }' }
const deletions = (count: number) =>
  `mutation { ${Array.from({ length: count }, (_, n) => `d${n}: deleteAccount(input: { id: "x", version: 1 }) { userErrors { code } }`).join(' ')} }`

describe('the rate of requests', () => {
  it('is counted for each actor, whose further requests get HTTP 429 with Retry-After', async () => {
    await start({ requests: 3 })
    const answers = [
      await postJson(app, READ),
      await postJson(app, READ),
      await postJson(app, { query: '{ nonsense }' }),
    ]
    expect(answers.map(told)).toEqual([
      [200, 3, 2, false],
      [200, 3, 1, false],
      [200, 3, 0, false],
    ])
    const refused = await postJson(app, READ)
    expect(told(refused)).toEqual([429, 3, 0, true])
    expect(at(refused.json, 'errors.0.extensions')).toEqual({
      code: 'RATE_LIMITED',
      limit: 'requests',
      allowed: 3,
      remaining: 0,
      retryAfterSeconds: Number(refused.headers.get('retry-after')),
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(refused.headers.get('ratelimit-reset')).toBe(refused.headers.get('retry-after'))
    // A throttled credential costs no query of the database.
    const lookUps = vi.spyOn(app.database.ownerPool, 'query')
    expect(told(await postJson(app, READ))).toEqual([429, 3, 0, true])
    expect(lookUps).not.toHaveBeenCalled()
    lookUps.mockRestore()
    expect(codeOf(await sendAs(app, '/graphql?query={__typename}', { headers: { accept: 'application/json' } }))).toBe(
      'RATE_LIMITED',
    )
    // Another user still has the full rate.
    const other = await postJson(app, READ, { authorization: `Bearer ${app.as('reader').token}` })
    expect(told(other)).toEqual([200, 3, 2, false])
  })

  it('when used up, lets the server refuse requests before it reads the body, and close connections after 51 refusals', async () => {
    await start({ requests: 1 })
    const { url } = await app.listen()
    const { hostname, port, pathname } = new URL(url)
    const lines = [
      `POST ${pathname} HTTP/1.1`,
      `Host: ${hostname}`,
      'Content-Type: application/json',
      `Authorization: Bearer ${app.as('member').token}`,
    ]
    /** Announces a body of 4 MB and sends none of it. Returns the response once it is complete or the server closes. */
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname)
        let text = ''
        socket.setEncoding('utf8').on('data', (piece) => {
          text += String(piece)
          if (/\r\n0\r\n\r\n$/.test(text)) socket.destroy()
        })
        socket.on('close', () => resolve(text)).on('error', reject)
        socket.write(`${[...lines, 'Content-Length: 4000000'].join('\r\n')}\r\n\r\n`)
      })
    await postJson(app, READ)
    const closings: boolean[] = []
    for (let count = 0; count < 53; count++) {
      const answer = await ask()
      expect(answer).toMatch(/^HTTP\/1.1 429 .*RATE_LIMITED/s)
      closings.push(/\r\nconnection: close\r\n/i.test(answer))
    }
    expect(closings).toEqual([...Array(51).fill(false), true, true])
  })

  it('counts each mutation of a document as a request', async () => {
    await start({ requests: 20 })
    expect(told(await postJson(app, { query: deletions(12) }))).toEqual([200, 20, 8, false])
    const refused = await postJson(app, { query: deletions(12) })
    expect([told(refused), at(refused.json, 'data')]).toEqual([[429, 20, 0, true], undefined])
  })

  it('counts a document of 100 mutations as 100 requests when the limits allow so many mutations', async () => {
    const limits = { ...DEVELOPMENT.limits, sameField: 200, rootFields: 200, aliases: 200 }
    app = await createTestApp({ settings: { ...DEVELOPMENT, limits, rates: { ...DEVELOPMENT.rates, requests: 150 } } })
    expect(told(await postJson(app, { query: deletions(100) }))).toEqual([200, 150, 50, false])
    expect(told(await postJson(app, { query: deletions(100) }))).toEqual([429, 150, 0, true])
  })

  it('counts the requests of an actor over WebSocket and over HTTP together', async () => {
    await start({ requests: 2 })
    const socket = await openSocket((await app.listen()).webSocketUrl)
    try {
      socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('member').token}` } })
      await socket.next()
      const codes: unknown[] = []
      for (const id of ['1', '2', '3']) {
        socket.send({ type: 'subscribe', id, payload: READ })
        const message = await socket.next()
        codes.push(at(message, 'payload.0.extensions.code') ?? at(message, 'type'))
        if (at(message, 'type') === 'next') await socket.next()
      }
      expect(codes).toEqual(['next', 'next', 'RATE_LIMITED'])
      // The rate over HTTP is used up as well.
      expect(codeOf(await postJson(app, READ))).toBe('RATE_LIMITED')
    } finally {
      socket.close()
    }
  })

  it('is not limited by default in development', async () => {
    await start({})
    expect(told(await postJson(app, READ))).toEqual([200, null, null, false])
  })
})

describe('the rate of cost points', () => {
  it('is checked before an operation is executed, and an operation that is refused uses up no points', async () => {
    await start({ points: 25 })
    const asked = { 'graphql-cost': 'true' }
    const first = await postJson(app, READ, asked)
    expect([told(first), at(first.json, 'extensions.cost')]).toEqual([
      [200, 25, 15, false],
      { requested: 10, limit: 25, remaining: 15 },
    ])
    const dear = { query: '{ accounts(first: 100) { nodes { id } } }' }
    app.resetStatements()
    const refused = await postJson(app, dear)
    expect([told(refused), app.statements]).toEqual([[429, 25, 15, true], []])
    expect(at(refused.json, 'errors.0.extensions.limit')).toBe('points of cost')
    expect(told(await postJson(app, READ))).toEqual([200, 25, 5, false])
  })

  it('is also used up by operations that are too complex, until every further request is refused', async () => {
    await start({ points: 7_000 })
    const tooMuch = { query: `{ ${'__typename '.repeat(1_000)} }` }
    const codes: unknown[] = []
    for (const body of [tooMuch, READ, tooMuch, tooMuch, READ, { query: 'nonsense' }])
      codes.push(codeOf(await postJson(app, body)))
    expect(codes).toEqual([
      'QUERY_TOO_COMPLEX',
      undefined,
      'QUERY_TOO_COMPLEX',
      'QUERY_TOO_COMPLEX',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ])
  })

  it('is in the RateLimit headers only when a larger part of it is used up than of the rate of requests', async () => {
    await start({ points: 1_000, requests: 2 })
    expect(told(await postJson(app, READ))).toEqual([200, 2, 1, false])
    await app.close()
    await start({ points: 20, requests: 100 })
    expect(told(await postJson(app, READ))).toEqual([200, 20, 10, false])
  })
})

describe('the rate of refused credentials', () => {
  it('counts different wrong credentials of a network address, and then refuses valid credentials from there too', async () => {
    await start({ refusedCredentials: 3 })
    const { url } = await app.listen()
    const send = async (credential: string | null) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
        },
        body: JSON.stringify(READ),
      })
      await response.text()
      return response.status
    }
    const statuses: number[] = []
    for (const credential of [
      'guess1',
      'guess1',
      'guess1',
      'guess1',
      null,
      null,
      'guess2',
      app.as('member').token,
      'guess3',
      'guess4',
    ])
      statuses.push(await send(credential))
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 401, 200, 401, 429])
    expect(await send(app.as('member').token)).toBe(429)
    // A request without a credential is not a guess.
    expect(await send(null)).toBe(401)
  })

  it('is counted for the client address behind a trusted proxy, and over WebSocket too', async () => {
    await start({ refusedCredentials: 2 }, { trustedProxies: ['127.0.0.1'] })
    const { url, webSocketUrl } = await app.listen()
    const send = async (address: string, credential: string) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${credential}`,
        'x-forwarded-for': address,
      }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(READ) })
      return [response.status, at(await response.json(), 'errors.0.extensions.code')]
    }
    expect([await send('192.0.2.1', 'a'), await send('192.0.2.1', 'b')]).toEqual(
      Array(2).fill([401, 'UNAUTHENTICATED']),
    )
    expect(await send('192.0.2.1', app.as('member').token ?? '')).toEqual([429, 'RATE_LIMITED'])
    expect((await send('192.0.2.2', app.as('member').token ?? ''))[0]).toBe(200)

    for (const credential of ['c', 'd']) {
      const socket = await openSocket(webSocketUrl)
      socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${credential}` } })
      expect((await socket.closed).code).toBe(4403)
    }
    const right = await openSocket(webSocketUrl)
    right.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('member').token}` } })
    expect((await right.closed).code).toBe(4403)
  })
})
