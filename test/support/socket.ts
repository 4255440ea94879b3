import { once } from 'node:events'
import { WebSocket } from 'ws'
import { at } from '../../src/testing/answers.ts'

/** A graphql-transport-ws connection that shows each message, unlike a client library. */
export interface TestSocket {
  send(message: Readonly<Record<string, unknown>>): void
  /** Sends a text without changes. */
  sendText(text: string): void
  /** The next message that is not a ping. Throws when none arrives within 20 s or the socket closes. */
  next(): Promise<unknown>
  /** All messages until none arrives for `quietMs`. */
  drain(quietMs: number): Promise<unknown[]>
  /** Close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): void
}

/** Opens a socket. The test has to send `connection_init`. */
export async function openSocket(url: string): Promise<TestSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws')
  const queue: unknown[] = []
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const waiter of waiting) waiter()
  }
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(String(data))
    if (at(message, 'type') === 'ping') return
    queue.push(message)
    wake()
  })
  const closed = once(socket, 'close').then(([code, reason]: unknown[]) => {
    wake()
    return { code: Number(code), reason: String(reason) }
  })
  await once(socket, 'open')
  const arrival = (ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      waiting.add(done)
    })
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    sendText: (text) => socket.send(text),
    async next() {
      if (queue.length === 0) await arrival(20_000)
      if (queue.length === 0) throw new Error('No message came.')
      return queue.shift()
    },
    async drain(quietMs) {
      const messages: unknown[] = []
      for (;;) {
        if (queue.length === 0) await arrival(quietMs)
        if (queue.length === 0) return messages
        messages.push(queue.shift())
      }
    },
    closed,
    close: () => socket.close(),
  }
}

/** Opens a socket and sends the credential. Throws when the server refuses it. */
export async function openAdmitted(url: string, token: string): Promise<TestSocket> {
  const socket = await openSocket(url)
  socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } })
  const answer = await socket.next()
  if (at(answer, 'type') !== 'connection_ack') throw new Error(`Not let in: ${JSON.stringify(answer)}`)
  return socket
}
