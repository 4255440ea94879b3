import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { signBody } from '../../src/plugin-testing.ts'
import { DEVELOPMENT, type ServerSettings } from '../../src/server/server-settings.ts'
import {
  accounts,
  createAccount,
  openShop,
  orders,
  postOrder,
  SECRET,
  SIGNED,
  setSecret,
  shop,
} from '../plugins/routes/shop.ts'
import type { TestApp } from '../support/app.ts'
import { captureLog } from '../support/captured-log.ts'
import { codeOf, sendAs } from '../support/post.ts'

let app: TestApp
afterEach(() => app.close())

const PATH = '/plugins/shop/acme/orders/new'
const withRates = (rates: Partial<ServerSettings['rates']>) => ({
  settings: { ...DEVELOPMENT, rates: { ...DEVELOPMENT.rates, ...rates } },
})

/** A request with a stream as its body, which has no Content-Length. */
function streaming(source: UnderlyingDefaultSource<Uint8Array>): RequestInit {
  return Object.assign({ method: 'POST', body: new ReadableStream(source) }, { duplex: 'half' })
}

describe('a route over HTTP', () => {
  it('handles a signed request, and refuses one that is not signed, without saying why', async () => {
    const { log, lines } = captureLog()
    app = await openShop(shop([orders(createAccount)]), { log })
    const url = new URL(PATH, (await app.listen()).url)
    const body = '{"id":"o-1","account":"Over HTTP"}'
    const post = (headers: Readonly<Record<string, string>>) => fetch(url, { method: 'POST', body, headers })
    expect((await post(signBody(SIGNED, SECRET, body))).status).toBe(201)
    expect(await accounts(app)).toEqual(['Over HTTP'])
    const refused = await post(signBody(SIGNED, 'guess', body))
    expect([refused.status, await refused.json()]).toEqual([
      401,
      {
        errors: [
          {
            message: 'The sender of the request could not be verified. The log of the server has the reason.',
            extensions: { code: 'UNAUTHENTICATED' },
          },
        ],
      },
    ])
    expect(lines.join('')).toMatch(/"route":"shop.orders","workspace":"acme","reason":"the signature is wrong"/)
    expect(lines.join('')).not.toContain(SECRET)
  })

  it('handles a body that arrives in pieces', async () => {
    app = await openShop(shop([orders(createAccount)]))
    const { hostname, port } = new URL((await app.listen()).url)
    const body = '{"id":"o-1","account":"In pieces"}'
    const head = [`POST ${PATH} HTTP/1.1`, `Host: ${hostname}`, 'Connection: close', `Content-Length: ${body.length}`]
    const signature = Object.entries(signBody(SIGNED, SECRET, body)).map(([name, value]) => `${name}: ${value}`)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.setEncoding('utf8').on('data', (piece) => (text += String(piece)))
      socket.on('close', () => resolve(text)).on('error', reject)
      socket.write(`${[...head, ...signature].join('\r\n')}\r\n\r\n${body.slice(0, 10)}`, () =>
        socket.write(body.slice(10)),
      )
    })
    expect(answer).toMatch(/^HTTP\/1.1 201 /)
  })

  it('refuses every request while the secret is not set, and says in the log what to do', async () => {
    const { log, lines } = captureLog()
    app = await openShop(shop([orders(createAccount)]), { log })
    await setSecret(app, null)
    expect((await postOrder(app, { id: 'o-1' })).status).toBe(401)
    expect(lines.join('')).toContain(
      'Set the secret key of the plugin shop in the workspace acme, with the mutation updatePluginSettings.',
    )
  })
})

describe('the body of a request to a route', () => {
  it('is refused with HTTP 413 when it is larger than the route allows, whether or not its length is announced', async () => {
    app = await openShop(shop([orders(createAccount, { maxBodyBytes: 1_000 })]))
    const order = (length: number) => ({ id: 'o-1', account: 'x'.repeat(length - '{"id":"o-1","account":""}'.length) })
    expect((await postOrder(app, order(1_001))).status).toBe(413)
    let size = 0
    const chunked = streaming({
      pull(controller) {
        size += 100
        if (size > 10_000) controller.close()
        else controller.enqueue(new Uint8Array(100))
      },
    })
    expect((await sendAs(app, PATH, chunked)).status).toBe(413)
    expect((await postOrder(app, { id: 'o-1', account: 'x' })).status).toBe(201)
  })

  it('is refused with HTTP 413 above 1,000,000 bytes when the route sets no limit', async () => {
    app = await openShop(shop([orders(createAccount)]))
    expect((await postOrder(app, 'x'.repeat(1_000_001))).status).toBe(413)
    expect((await postOrder(app, 'x'.repeat(1_000_000))).status).toBe(400)
  })

  it('is refused with HTTP 408 when it does not arrive within 30 seconds, and holds no database connection meanwhile', async () => {
    app = await openShop(shop([orders(createAccount)]))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const answer = sendAs(app, PATH, streaming({}))
    const limit = await vi.waitFor(() => {
      const found = timers.mock.calls.find(([, delay]) => delay === 30_000)
      if (!found) throw new Error('The body is not being read yet.')
      return found
    })
    timers.mockRestore()
    expect(app.database.app.totalCount).toBe(app.database.app.idleCount)
    // The time is over now: nobody waits for 30 seconds.
    limit[0]()
    expect((await answer).status).toBe(408)
    expect((await postOrder(app, { id: 'o-1' })).status).toBe(201)
  })

  it('gets HTTP 503 when 100 others are arriving, and is accepted when they have ended', async () => {
    app = await openShop(shop([orders(createAccount)]))
    const controllers: ReadableStreamDefaultController[] = []
    const waiting = Array.from({ length: 100 }, () =>
      sendAs(app, PATH, streaming({ start: (controller) => void controllers.push(controller) })),
    )
    await vi.waitFor(async () => {
      const busy = await postOrder(app, { id: 'o-1' })
      expect([busy.status, codeOf(busy), busy.headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '1'])
    })
    for (const controller of controllers) controller.close()
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([401]))
    expect((await postOrder(app, { id: 'o-2' })).status).toBe(201)
  })
})

describe('the rate of a route', () => {
  it('counts the verified requests of one workspace, and answers others with HTTP 429', async () => {
    app = await openShop(shop([orders(createAccount)]), withRates({ routeRequests: 2 }))
    const statuses: number[] = []
    for (const [id, headers] of [
      ['a', { 'x-shop-signature': 'sha256=wrong' }],
      ['b', { 'x-shop-signature': 'sha256=wrong' }],
      ['c', {}],
      ['d', {}],
      ['e', {}],
    ] as const)
      statuses.push((await postOrder(app, { id }, headers)).status)
    expect(statuses).toEqual([401, 401, 201, 201, 429])
    const limited = await postOrder(app, { id: 'f' })
    expect([codeOf(limited), limited.headers.get('ratelimit-limit')]).toEqual(['RATE_LIMITED', '2'])
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(50)
    // The other workspace has a rate of its own.
    expect((await postOrder(app, { id: 'a' }, {}, PATH.replace('acme', 'globex'))).status).toBe(401)
  })

  it('and the requests of the plugin as an actor are limited together', async () => {
    app = await openShop(shop([orders(createAccount)]), withRates({ requests: 2 }))
    const statuses: number[] = []
    for (const id of ['a', 'b', 'c']) statuses.push((await postOrder(app, { id })).status)
    expect(statuses).toEqual([201, 201, 429])
  })

  it('stops a network after too many refused requests, in that workspace only and before the body is read', async () => {
    app = await openShop(shop([orders(createAccount)]), {
      ...withRates({ refusedCredentials: 2 }),
      trustedProxies: ['127.0.0.1'],
    })
    const { url } = await app.listen()
    const body = '{"id":"o-1"}'
    const post = async (address: string, secret: string, path = PATH) => {
      const headers = { ...signBody(SIGNED, secret, body), 'x-forwarded-for': address }
      const response = await fetch(new URL(path, url), { method: 'POST', body, headers })
      await response.text()
      return response.status
    }
    expect([await post('192.0.2.1', 'a'), await post('192.0.2.1', 'b')]).toEqual([401, 401])
    expect(await post('192.0.2.1', SECRET)).toBe(429)
    expect(await post('192.0.2.1', 'a', PATH.replace('acme', 'globex'))).toBe(401)
    expect(await post('192.0.2.2', SECRET)).toBe(201)
  })
})
