import { at } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'

/** A subscription over server-sent events. */
export interface EventStream {
  /** The execution result of the next event. Throws when none arrives within `timeoutMs`, by default 20,000. */
  next(timeoutMs?: number): Promise<unknown>
  /** All events until none arrives for `quietMs`. */
  drain(quietMs: number): Promise<unknown[]>
  /** The next `count` events, and all others until none arrives for `quietMs`. */
  following(count: number, quietMs: number): Promise<unknown[]>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  close(): void
}

interface Server {
  fetch(request: Request): Promise<Response>
}

/** Opens a subscription for a client or a token. Throws when the server does not respond with a stream. */
export async function openStream(
  server: Server,
  client: TestClient | string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<EventStream> {
  const leave = new AbortController()
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: `Bearer ${typeof client === 'string' ? client : client.token}`,
  }
  const response = await server.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
      signal: leave.signal,
    }),
  )
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream'))
    throw new Error(`No stream: HTTP ${response.status} ${await response.text()}`)
  const queue: unknown[] = []
  const waiting = new Set<() => void>()
  const reader = response.body.getReader()
  const ended = pump(reader, (event) => {
    queue.push(event)
    for (const wake of waiting) wake()
  })
  const next = async (timeoutMs = 20_000): Promise<unknown> => {
    if (queue.length === 0) await waitFor(waiting, ended, timeoutMs)
    if (queue.length === 0) throw new Error(`No event within ${timeoutMs} ms.`)
    return queue.shift()
  }
  const drain = async (quietMs: number): Promise<unknown[]> => {
    const events: unknown[] = []
    for (;;) {
      if (queue.length === 0) await waitFor(waiting, ended, quietMs)
      if (queue.length === 0) return events
      events.push(queue.shift())
    }
  }
  return {
    next,
    drain,
    async following(count, quietMs) {
      const events: unknown[] = []
      while (events.length < count) events.push(await next())
      return [...events, ...(await drain(quietMs))]
    },
    ended,
    close() {
      leave.abort()
      // There is no network connection whose end the server could notice, so the stream is cancelled as well.
      reader.cancel().catch(() => undefined)
    },
  }
}

function waitFor(waiting: Set<() => void>, ended: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      waiting.delete(done)
      resolve()
    }
    const timer = setTimeout(done, timeoutMs)
    waiting.add(done)
    void ended.then(done)
  })
}

/** Reads events until the server ends the stream or `close` is called. */
async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, onEvent: (event: unknown) => void): Promise<void> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: ?(.+)$/m.exec(block)?.[1]
        if (/^event: ?next$/m.test(block) && data) onEvent(JSON.parse(data))
      }
    }
  } catch {
    // `close` was called or the connection broke. Both end the stream.
  }
}

/** Operation and record id of each event of a `changes` stream: `CREATED account_…`. */
export function operationsOf(events: readonly unknown[], field = 'changes'): string[] {
  return events.map(
    (event) => `${String(at(event, `data.${field}.operation`))} ${String(at(event, `data.${field}.recordId`))}`,
  )
}
