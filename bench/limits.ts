// What it costs to refuse requests that nobody sends in good faith, and how long others wait beside somebody who sends nothing
// else. Run: node bench/limits.ts
// First part: CPU of the whole process for one request, body and credential included, in milliseconds; what PostgreSQL does to
// look the credential up is not in it. Second part: latencies of a point read by another workspace over HTTP, with the server in
// a process of its own: alone, beside an attacker held by the rates of production, and beside one held by nothing. The attacker
// has four connections, sends as fast as it is answered, and has begun two seconds before. What an attacker takes of a small
// machine's processors is not the server's doing: beside each there is a row in which it attacks another server instead, one that
// reads a body and answers 429, at the same pace.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { z } from 'zod'
import { PRODUCTION } from '../src/server/server-settings.ts'
import { openTestServer } from '../src/testing/server.ts'
import { ATTACKS } from '../test/server/attacks.ts'

const RUNS = 20
const SECONDS = 8
const ATTACKERS = 4
const AHEAD_MS = 2_000
const listening = z.object({ url: z.string(), attacker: z.string(), other: z.string() })
const NO_RATES = { requests: null, points: null, refusedCredentials: null }

const [part, ...parameters] = process.argv.slice(2)
if (part === 'serve') await serve(parameters[0] === 'no-rates')
else if (part === 'decoy') await decoy()
else if (part === 'attack') await attack(parameters[0] ?? '', parameters[1] ?? '', Number(parameters[2]))
else {
  await cpuOfRefusals()
  await latencies()
}

async function serve(withoutRates: boolean): Promise<void> {
  const settings = withoutRates ? { ...PRODUCTION, rates: NO_RATES } : PRODUCTION
  const server = await openTestServer({ settings })
  const { url } = await server.app.listen({ host: '127.0.0.1', port: 0 })
  process.send?.({ url, attacker: server.as('member', 'acme').token, other: server.as('member', 'globex').token })
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
      for (let run = 0; run < RUNS; run++) {
        const before = process.cpuUsage()
        await send(body)
        const { user, system } = process.cpuUsage(before)
        times.push((user + system) / 1_000)
      }
      times.sort((one, other) => one - other)
      return { median: times[RUNS >> 1] ?? 0, worst: times.at(-1) ?? 0 }
    }
    const harmless = {
      name: '(a request that is answered: { __typename })',
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
  console.log('    p50     p99     max  ms of a point read beside …      attacks/s')
  await latencyBeside({ name: 'nobody', rates: 'no-rates', attack: null })
  for (const [kind, rates] of [
    ['with rates', 'rates'],
    ['without rates', 'no-rates'],
  ] as const) {
    const perSecond = await latencyBeside({ name: `an attacker ${kind}`, rates, attack: {} })
    const name = `… of another server, as fast`
    await latencyBeside({ name, rates, attack: { perSecond } })
  }
}

interface Beside {
  readonly name: string
  readonly rates: 'rates' | 'no-rates'
  /** With a pace, the attack is on another server. */
  readonly attack: { readonly perSecond?: number } | null
}

/** Measures a reader, and answers how many attacks there were in a second. */
async function latencyBeside({ name, rates, attack }: Beside): Promise<number> {
  const script = new URL(import.meta.url)
  const serving = fork(script, ['serve', rates])
  const { url, attacker, other } = listening.parse(await told(serving))
  const decoy = attack?.perSecond === undefined ? null : fork(script, ['decoy'])
  const target = decoy ? z.string().parse(await told(decoy)) : url
  const attacking = attack ? fork(script, ['attack', target, attacker, String(attack.perSecond ?? 0)]) : null
  const attacked = attacking ? told(attacking) : Promise.resolve(0)
  await new Promise((resolve) => setTimeout(resolve, AHEAD_MS))
  const times = await readFor(SECONDS * 1_000 - AHEAD_MS, url, other)
  const perSecond = Number(await attacked) / SECONDS
  times.sort((one, two) => one - two)
  const shown = [0.5, 0.99, 1].map((part) => (times[Math.ceil(times.length * part) - 1] ?? 0).toFixed(2).padStart(7))
  console.log(`${shown.join(' ')}  ${name.padEnd(30)} ${String(Math.round(perSecond)).padStart(10)}`)
  for (const child of [serving, decoy]) {
    child?.send('stop')
    if (child) await once(child, 'exit')
  }
  return perSecond
}

async function told(child: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(child, 'message')
  return message
}

/** Milliseconds of each of the point reads that fit into the time. */
async function readFor(milliseconds: number, url: string, token: string): Promise<number[]> {
  const until = performance.now() + milliseconds
  const agent = new Agent({ keepAlive: true })
  const body = JSON.stringify({ query: '{ accounts(first: 10) { nodes { id name } } }' })
  const times: number[] = []
  while (performance.now() < until) {
    const startedAt = performance.now()
    await post(agent, url, token, body)
    times.push(performance.now() - startedAt)
    // The rates of the one who reads are not what is measured.
    await new Promise((resolve) => setTimeout(resolve, 12))
  }
  agent.destroy()
  return times
}

/** Attacks for as long as is measured, as fast as it is answered, or at a pace. */
async function attack(url: string, token: string, perSecond: number): Promise<void> {
  const startedAt = performance.now()
  const agent = new Agent({ keepAlive: true })
  let sent = 0
  const send = async (offset: number) => {
    for (let index = offset; performance.now() < startedAt + SECONDS * 1_000; index++) {
      const early = perSecond > 0 ? (sent / perSecond) * 1_000 - (performance.now() - startedAt) : 0
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      sent++
      // Whoever goes on and on is hung up on while it still sends.
      await post(agent, url, token, ATTACKS[index % ATTACKS.length]?.body ?? '').catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: ATTACKERS }, (_, n) => send(n * 7)))
  agent.destroy()
  process.send?.(sent, () => process.exit(0))
}

/** A server that reads what it is sent, and refuses it. */
async function decoy(): Promise<void> {
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
