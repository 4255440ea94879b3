import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { captureLog } from '../support/captured-log.ts'
import { openSocket } from '../support/socket.ts'

const { log, lines } = captureLog()
const BODY = '{"query":"{ __typename }"}'
const MEGABYTE = 'x'.repeat(1_000_000)

let app: TestApp
let url: URL
let webSocketUrl: string

beforeAll(async () => {
  app = await createTestApp({ log })
  const listening = await app.listen()
  url = new URL(listening.url)
  webSocketUrl = listening.webSocketUrl
})
afterAll(() => app.close())

/** Sends the pieces one after another over a new socket, and returns everything that the server sends until the end. */
function sendRaw(...pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(url.port), url.hostname)
    socket.setEncoding('utf8').on('data', (piece) => (text += String(piece)))
    // The server may close the socket while data is still being sent, after its response.
    socket.on('error', (error) => (text ? resolve(text) : reject(error)))
    socket.on('close', () => resolve(text))
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((sent) => setTimeout(sent, 20))
      }
    })()
  })
}

function asked(...headers: readonly string[]): string {
  const all = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${BODY.length}`, ...headers]
  return `POST /graphql HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n${BODY}`
}

function told(answer: string): { status: number; body: unknown; headers: string } {
  const [headers = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(headers.split(' ')[1]), headers, body: JSON.parse(body) }
}

function errorOf(code: string, message: string): unknown {
  return { errors: [{ message, extensions: { code } }] }
}

const REFUSED = errorOf('UNAUTHENTICATED', 'The credential is not valid or has expired.')

test('a credential of 1 MB is refused like any invalid credential, and does not appear in the log', async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' }
  const wrong = await fetch(url, { method: 'POST', headers, body: BODY })
  expect([wrong.status, await wrong.json()]).toEqual([401, REFUSED])
  for (const credential of [`Bearer ${MEGABYTE}`, MEGABYTE, `Bearer ${'x'.repeat(20_000)}`, `rpk_${MEGABYTE}`]) {
    const { status, headers, body } = told(await sendRaw(asked(`aUTHORIZATION: ${credential}`)))
    expect([status, body]).toEqual([401, REFUSED])
    for (const header of ['www-authenticate: Bearer', 'x-request-id: ', 'cache-control: no-store', 'connection: close'])
      expect(headers.toLowerCase()).toContain(header.toLowerCase())
  }
  expect(lines.join('')).toContain('HPE_HEADER_OVERFLOW')
  expect(lines.join('')).not.toContain('xxxxxxxx')
})

test('a request with headers or a URL that are too long is refused with HTTP 431', async () => {
  const tooLong = errorOf('BAD_USER_INPUT', 'The address and headers of the request have more than 16384 bytes.')
  const ours = `Authorization: Bearer ${app.as('member').token}`
  for (const request of [
    asked(ours, `X-More: ${MEGABYTE}`),
    `GET /graphql?query=${MEGABYTE} HTTP/1.1\r\n${ours}\r\n\r\n`,
  ]) {
    const { status, body } = told(await sendRaw(request))
    expect([status, body]).toEqual([431, tooLong])
  }
})

test('a credential that is too long and arrives in pieces is refused', async () => {
  const [start = '', rest = ''] = asked(`Authorization: Bearer ${MEGABYTE}`).split('Bearer ')
  const { status } = told(await sendRaw(`${start}Bearer `, rest.slice(0, 10_000), rest.slice(10_000)))
  // The status depends on how many pieces arrive together.
  expect([401, 431]).toContain(status)
})

test('a request that is not valid HTTP is refused with HTTP 400', async () => {
  for (const nonsense of ['hello\r\n\r\n', '\0\0\0\0', asked('Transfer-Encoding: chunked'), asked('X-\0: y')]) {
    const { status, body } = told(await sendRaw(nonsense))
    expect([status, body]).toEqual([400, errorOf('BAD_USER_INPUT', 'This is not a valid HTTP request.')])
  }
})

test('a WebSocket message that is too long or not valid closes the socket, and a too long message is logged', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const socket = await openSocket(webSocketUrl)
  socket.sendText('x'.repeat(6_000_000))
  expect(await socket.closed).toMatchObject({ code: 1009 })
  await expect.poll(() => lines.join('')).toContain('A WebSocket could not be read')
  const other = await openSocket(webSocketUrl)
  other.sendText('no message')
  expect(await other.closed).toMatchObject({ code: 4400 })
  expect(printed).not.toHaveBeenCalled()
  printed.mockRestore()
})

test('an open WebSocket keeps working while other connections send requests that are too long', async () => {
  const socket = await openSocket(webSocketUrl)
  socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('member').token}` } })
  expect(await socket.next()).toMatchObject({ type: 'connection_ack' })
  await Promise.all(Array.from({ length: 20 }, () => sendRaw(asked(`Authorization: Bearer ${MEGABYTE}`))))
  socket.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } })
  expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } })
  socket.close()
})
