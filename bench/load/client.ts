import { uuidv7 } from 'uuidv7'
import { openConnection, postRequest } from './connection.ts'
import type { Load, LoadResult } from './protocol.ts'

// The process of the load client. Each message that it receives is a load to run; it replies with the result.
process.on('disconnect', () => process.exit(0))
process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ failed: String(error) }),
  )
})

/** Placeholder in a body that is replaced by a new UUIDv7 in each request. */
const FRESH_ID = '{uuid}'

let sent = 0

async function run(load: Load): Promise<LoadResult> {
  const url = new URL(load.url)
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => openConnection(url.hostname, Number(url.port))),
  )
  // Requests without a fresh id are built only once.
  const preparedRequests = load.bodies.map((body) =>
    body.includes(FRESH_ID) ? null : postRequest(url, load.authorization, body),
  )
  const requestAt = (index: number) =>
    preparedRequests[index] ??
    postRequest(url, load.authorization, (load.bodies[index] ?? '').replace(FRESH_ID, uuidv7()))
  const latencies: number[] = []
  const errors: string[] = []
  const startedAt = performance.now()
  const endsAt = startedAt + load.seconds * 1000
  await Promise.all(
    connections.map(async (connection) => {
      for (let sentAt = performance.now(); sentAt < endsAt; ) {
        const response = await connection.exchange(requestAt(sent++ % load.bodies.length))
        const receivedAt = performance.now()
        latencies.push(receivedAt - sentAt)
        if (!isSuccess(response)) errors.push(response.toString('utf8').slice(0, 2_000))
        sentAt = receivedAt
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of connections) connection.close()
  latencies.sort((one, other) => one - other)
  return {
    requests: latencies.length,
    seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    errors: errors.length,
    firstError: errors[0] ?? null,
  }
}

const SUCCESS = Buffer.from('HTTP/1.1 200')

/** Whether a response has the status 200, no GraphQL errors and no user errors. */
function isSuccess(response: Buffer): boolean {
  if (!response.subarray(0, SUCCESS.length).equals(SUCCESS) || response.includes('"errors":')) return false
  return !response.includes('"userErrors":[{')
}

/** Returns the value below which a share (from 0 to 1) of the sorted values lies. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
