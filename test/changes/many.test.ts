import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEVELOPMENT } from '../../src/server/server-settings.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { openAdmitted } from '../support/socket.ts'
import { type EventStream, openStream } from '../support/sse.ts'

const MOST = 3
const CHANGES = 'subscription { changes { cursor } }'
const REFUSED = { extensions: { code: 'QUERY_TOO_COMPLEX', limit: 'streams', allowed: MOST, count: MOST + 1 } }

let app: TestApp
let url: string
let webSocketUrl: string

beforeAll(async () => {
  app = await createTestApp({ settings: { ...DEVELOPMENT, limits: { ...DEVELOPMENT.limits, streams: MOST } } })
  ;({ url, webSocketUrl } = await app.listen())
})
afterAll(() => app.close())

/** Sends requests over a connection: only there the server notices by itself that a client has left. */
const server = { fetch: (request: Request) => fetch(new Request(url, request)) }

/** Opens as many streams as are allowed. Returns them and the events that they get at once: none if all are open. */
async function openAll(): Promise<{ readonly streams: readonly EventStream[]; readonly said: readonly unknown[] }> {
  const streams: EventStream[] = []
  const said: unknown[] = []
  for (let count = 0; count < MOST; count++) {
    const stream = await openStream(server, app.as('reader'), CHANGES)
    streams.push(stream)
    said.push(...(await stream.drain(50)))
  }
  return { streams, said }
}

it('the limit of open streams counts an actor’s server-sent events and WebSockets together, and no other actor’s streams', async () => {
  const { streams, said } = await openAll()
  expect(said).toEqual([])
  const one = await openStream(server, app.as('reader'), CHANGES)
  expect(await one.next()).toMatchObject({ errors: [REFUSED] })
  await one.ended
  const socket = await openAdmitted(webSocketUrl, app.as('reader').token ?? '')
  const subscribe = (id: string) => socket.send({ id, type: 'subscribe', payload: { query: CHANGES } })
  subscribe('much')
  expect(await socket.next()).toMatchObject({ id: 'much', type: 'next', payload: { errors: [REFUSED] } })
  expect(await socket.next()).toMatchObject({ id: 'much', type: 'complete' })
  const member = await openStream(server, app.as('member'), CHANGES)
  expect(await member.drain(50)).toEqual([])
  for (const stream of [...streams, member]) stream.close()
  socket.close()
})

it('the limit of open streams does not count a stream that the client has left, however early', async () => {
  for (let turn = 0; turn < 40; turn++) {
    const leaving = new AbortController()
    const asked = fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${app.as('reader').token}`,
      },
      body: JSON.stringify({ query: CHANGES }),
      signal: leaving.signal,
    }).catch(() => null)
    await new Promise((resolve) => setTimeout(resolve, turn / 2))
    leaving.abort()
    await asked
  }
  for (let turn = 0; turn < 10; turn++) {
    const socket = await openAdmitted(webSocketUrl, app.as('reader').token ?? '')
    socket.send({ id: '1', type: 'subscribe', payload: { query: CHANGES } })
    if (turn % 2 === 0) socket.send({ id: '1', type: 'complete' })
    socket.close()
    await socket.closed
  }
  const openAgain = async () => {
    const { streams, said } = await openAll()
    for (const stream of streams) stream.close()
    return said
  }
  await expect.poll(openAgain, { timeout: 10_000, interval: 200 }).toEqual([])
})
