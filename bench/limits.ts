// Measures the CPU time for refusing malicious requests, and the latency for other users while an attacker sends them.
//
// Run: node bench/limits.ts
//
// First part: CPU time of the whole process for one request in milliseconds, including reading the body and checking
// the credential, but not the CPU time of PostgreSQL for looking up the credential.
//
// Second part: latencies of a small read of another workspace over HTTP, with the server in a separate process: without
// an attack, with an attacker who is limited by the rates of production, and with an attacker without rates. The
// attacker has four connections, sends each request as soon as the response to the previous one has arrived, and begins
// two seconds before the measurement. On a small machine, the process of the attacker itself slows the server down.
// Therefore each attack is measured a second time, with the same number of requests per second, against another server,
// which only reads the body and responds with 429.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { z } from 'zod'
import { PRODUCTION } from '../src/server/server-settings.ts'
import { openTestServer } from '../src/testing/server.ts'
import { ATTACKS } from '../test/server/attacks.ts'

const REQUESTS_PER_BODY = 20
const SECONDS = 8
const ATTACKER_CONNECTIONS = 4
const ATTACK_LEAD_MS = 2_000
const listeningMessage = z.object({ url: z.string(), attacker: z.string(), reader: z.string() })
const NO_RATES = { requests: null, points: null, refusedCredentials: null, routeRequests: null }

const [mode, ...parameters] = process.argv.slice(2)
if (mode === 'serve') await serve(parameters[0] === 'no-rates')
else if (mode === 'other-server') await runOtherServer()
else if (mode === 'attack') await attack(parameters[0] ?? '', parameters[1] ?? '', Number(parameters[2]))
else {
  await cpuOfRefusals()
  await latencies()
}

async function serve(withoutRates: boolean): Promise<void> {
  const settings = withoutRates ? { ...PRODUCTION, rates: NO_RATES } : PRODUCTION
  const server = await openTestServer({ settings })
  const { url } = await server.app.listen({ host: '127.0.0.1', port: 0 })
  process.send?.({ url, attacker: server.as('member', 'acme').token, reader: server.as('member', 'globex').token })
  process.once('message', () => void server.close().finally(() => process.exit(0)))
}

async function cpuOfRefusals(): Promise<void> {
  const server = await openTestServer({ settings: { ...PRODUCTION, rates: NO_RATES } })
  try {
    const send = async (body: string) => {
      const response = await server.app.fetch(
        new Request('http://127.0.0.1/graphql', {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${server.as('member').token}`,
            'content-length': String(Buffer.byteLength(body)),
          },
          body,
        }),
      )
      await response.text()
    }
    const cpuOf = async (body: string) => {
      for (let run = 0; run < 5; run++) await send(body)
      const times: number[] = []
      for (let run = 0; run < REQUESTS_PER_BODY; run++) {
        const before = process.cpuUsage()
        await send(body)
        const { user, system } = process.cpuUsage(before)
        times.push((user + system) / 1_000)
      }
      times.sort((one, other) => one - other)
      return { median: times[REQUESTS_PER_BODY >> 1] ?? 0, worst: times.at(-1) ?? 0 }
    }
    const harmless = {
      name: '(a request that is not refused: { __typename })',
      body: JSON.stringify({ query: '{ __typename }' }),
    }
    console.log(' median   worst  CPU ms of one request')
    for (const { name, body } of [harmless, ...ATTACKS]) {
      const { median, worst } = await cpuOf(body)
      console.log(`${median.toFixed(2).padStart(7)} ${worst.toFixed(2).padStart(7)}  ${name}`)
    }
  } finally {
    await server.close()
  }
}

async function latencies(): Promise<void> {
  console.log('    p50     p99     max  ms of a small read during …      attacks/s')
  await measureLatency({ name: 'no attack', rates: 'no-rates', attack: null })
  for (const [attackKind, rates] of [
    ['with rates', 'rates'],
    ['without rates', 'no-rates'],
  ] as const) {
    const perSecond = await measureLatency({ name: `an attack ${attackKind}`, rates, attack: {} })
    const name = 'the same attack elsewhere'
    await measureLatency({ name, rates, attack: { perSecond } })
  }
}

/** One row of the second part. */
interface LatencyCase {
  /** The name that is printed in the row. */
  readonly name: string
  readonly rates: 'rates' | 'no-rates'
  /** The attack, or null for none. With `perSecond` (requests per second) another server is attacked. */
  readonly attack: { readonly perSecond?: number } | null
}

/** Measures and prints the latencies of a reader during an attack. Returns the attacker's requests per second. */
async function measureLatency({ name, rates, attack }: LatencyCase): Promise<number> {
  const script = new URL(import.meta.url)
  const serverProcess = fork(script, ['serve', rates])
  const { url, attacker, reader } = listeningMessage.parse(await nextMessage(serverProcess))
  const otherProcess = attack?.perSecond === undefined ? null : fork(script, ['other-server'])
  const target = otherProcess ? z.string().parse(await nextMessage(otherProcess)) : url
  const attackProcess = attack ? fork(script, ['attack', target, attacker, String(attack.perSecond ?? 0)]) : null
  const attackCount = attackProcess ? nextMessage(attackProcess) : Promise.resolve(0)
  await new Promise((resolve) => setTimeout(resolve, ATTACK_LEAD_MS))
  const times = await readFor(SECONDS * 1_000 - ATTACK_LEAD_MS, url, reader)
  const perSecond = Number(await attackCount) / SECONDS
  times.sort((one, two) => one - two)
  const columns = [0.5, 0.99, 1].map((share) =>
    (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(2).padStart(7),
  )
  console.log(`${columns.join(' ')}  ${name.padEnd(30)} ${String(Math.round(perSecond)).padStart(10)}`)
  for (const child of [serverProcess, otherProcess]) {
    child?.send('stop')
    if (child) await once(child, 'exit')
  }
  return perSecond
}

/** Returns the next message of a child process. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(child, 'message')
  return message
}

/** Sends small reads one after another for a time. Returns the latency of each in milliseconds. */
async function readFor(milliseconds: number, url: string, token: string): Promise<number[]> {
  const until = performance.now() + milliseconds
  const agent = new Agent({ keepAlive: true })
  const body = JSON.stringify({ query: '{ accounts(first: 10) { nodes { id name } } }' })
  const times: number[] = []
  while (performance.now() < until) {
    const startedAt = performance.now()
    await post(agent, url, token, body)
    times.push(performance.now() - startedAt)
    // A pause, so that the reader does not use up its own rate.
    await new Promise((resolve) => setTimeout(resolve, 12))
  }
  agent.destroy()
  return times
}

/**
 * Attacks a server for the whole measurement.
 * @param perSecond requests per second; 0: each request is sent as soon as the previous one has ended
 */
async function attack(url: string, token: string, perSecond: number): Promise<void> {
  const startedAt = performance.now()
  const agent = new Agent({ keepAlive: true })
  let sent = 0
  const send = async (offset: number) => {
    for (let index = offset; performance.now() < startedAt + SECONDS * 1_000; index++) {
      const waitMs = perSecond > 0 ? (sent / perSecond) * 1_000 - (performance.now() - startedAt) : 0
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      sent++
      // The server may close the connection of a client that ignores Retry-After while a request is being sent.
      await post(agent, url, token, ATTACKS[index % ATTACKS.length]?.body ?? '').catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: ATTACKER_CONNECTIONS }, (_, n) => send(n * 7)))
  agent.destroy()
  process.send?.(sent, () => process.exit(0))
}

/** Runs a server that reads each request and responds with 429. */
async function runOtherServer(): Promise<void> {
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(429).end('{"errors":[]}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  process.send?.(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`)
  process.once('message', () => process.exit(0))
}

function post(agent: Agent, url: string, token: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'content-length': Buffer.byteLength(body),
    }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', resolve)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
