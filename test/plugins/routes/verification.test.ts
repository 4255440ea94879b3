import { createHmac, timingSafeEqual } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineRoute } from '../../../src/platform/declare/routes/route.ts'
import type { Verification } from '../../../src/platform/declare/routes/verification.ts'
import { createPluginTestApp, type PluginTestApp, signBody } from '../../../src/plugin-testing.ts'
import { shop } from './shop.ts'

const NOW = new Date('2026-03-01T08:00:00Z')
const SECONDS = NOW.getTime() / 1_000
const STANDARD_KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const verifications = {
  hex: { scheme: 'hmac-sha256', header: 'x-hub-signature-256', secret: 'key', prefix: 'sha256=' },
  base64: { scheme: 'hmac-sha256', header: 'x-signature', secret: 'key', encoding: 'base64' },
  timed: {
    scheme: 'hmac-sha256',
    header: 'x-signature',
    secret: 'key',
    timestamp: { header: 'x-time', toleranceSeconds: 60 },
  },
  stripe: { scheme: 'stripe', secret: 'key' },
  standard: { scheme: 'standard-webhooks', secret: 'key' },
  bearer: { scheme: 'bearer', secret: 'key' },
  basic: { scheme: 'basic', secret: 'key' },
  token: { scheme: 'header-token', header: 'x-token', secret: 'key' },
} as const satisfies Record<string, Verification>

const own = defineRoute({
  name: 'shop.own',
  description: 'Verifies by itself.',
  path: 'own',
  headers: ['x-sha1'],
  verify: {
    scheme: 'own',
    description: 'SHA-1, as the telephone system does it.',
    async verify({ headers, text, query }, { secret, records }) {
      if (query.get('misdeed') === 'write') await records.create('Account', { name: 'Written by a verification' })
      if (query.get('misdeed') === 'truthy') return JSON.parse('1')
      const [key, sent] = [await secret('key'), headers['x-sha1']]
      const expected = createHmac('sha1', key ?? '')
        .update(text)
        .digest()
      return key !== null && sent !== null && timingSafeEqual(expected, Buffer.from(sent, 'hex'))
    },
  },
  handle: () => ({ status: 204 }),
})

const routes = Object.entries(verifications).map(([name, verify]) =>
  defineRoute({
    name: `shop.${name}`,
    description: 'Echoes.',
    path: name,
    verify,
    handle: ({ text }) => ({ status: 200, body: text }),
  }),
)

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin: shop([...routes, own]) }], now: NOW })
})
afterAll(() => app.close())

async function setSecret(key: string | null, workspace?: 'globex'): Promise<void> {
  const data = await app.as('admin', workspace).must(
    `mutation ($secrets: JSON) {
       updatePluginSettings(input: { pluginId: "shop", secrets: $secrets }) { userErrors { message } }
     }`,
    { secrets: { key } },
  )
  expect(data).toEqual({ updatePluginSettings: { userErrors: [] } })
}

const send = async (name: string, body: string, headers: Readonly<Record<string, string>>) =>
  (await app.send(`shop.${name}`, { body, headers })).status

/** Examples that the senders publish, or that are computed here without the code under test. */
describe('a signature as it is documented by', () => {
  it('GitHub is accepted', async () => {
    await setSecret("It's a Secret to Everybody")
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    expect(await send('hex', 'Hello, World!', { 'x-hub-signature-256': signature })).toBe(200)
    expect(await send('hex', 'Hello, World?', { 'x-hub-signature-256': signature })).toBe(401)
    expect(await send('hex', 'Hello, World!', { 'x-hub-signature-256': signature.slice(7) })).toBe(401)
  })

  it('the Standard Webhooks specification is accepted at its time, also beside another signature', async () => {
    await setSecret(STANDARD_KEY)
    app.clock.set(new Date(1_614_265_330_000))
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature':
        'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    expect(await send('standard', '{"test": 2432232314}', headers)).toBe(200)
    expect(await send('standard', '{"test": 2432232314}', { ...headers, 'webhook-id': 'msg_other' })).toBe(401)
    expect(await send('standard', '{"test": 2432232314}', { ...headers, 'webhook-timestamp': '1614265331' })).toBe(401)
    await setSecret('not base64 at all')
    expect(await send('standard', '{"test": 2432232314}', headers)).toBe(401)
    app.clock.set(NOW)
  })

  it('Stripe is accepted, also beside a signature by another secret', async () => {
    await setSecret('whsec_stripe')
    const signature = createHmac('sha256', 'whsec_stripe').update(`${SECONDS}.{}`).digest('hex')
    const other = 'a'.repeat(64)
    expect(await send('stripe', '{}', { 'stripe-signature': `t=${SECONDS},v1=${other},v1=${signature},v0=x` })).toBe(
      200,
    )
    expect(await send('stripe', '{}', { 'stripe-signature': `t=${SECONDS},v0=${signature}` })).toBe(401)
    expect(await send('stripe', '{}', { 'stripe-signature': signature })).toBe(401)
  })
})

describe('a request with an old or a future time', () => {
  it.each<[name: keyof typeof verifications, toleranceSeconds: number]>([
    ['timed', 60],
    ['stripe', 300],
    ['standard', 300],
  ])('is refused outside of the tolerance: %s', async (name, toleranceSeconds) => {
    await setSecret(STANDARD_KEY)
    const at = (seconds: number) =>
      send(
        name,
        'x',
        signBody(verifications[name], STANDARD_KEY, 'x', { now: new Date(NOW.getTime() + seconds * 1_000) }),
      )
    expect([await at(-toleranceSeconds), await at(toleranceSeconds)]).toEqual([200, 200])
    expect([await at(-toleranceSeconds - 1), await at(toleranceSeconds + 1)]).toEqual([401, 401])
  })
})

describe.each(Object.entries(verifications))('the verification %s', (name, verification) => {
  it('accepts what the sender has signed, and nothing else', async () => {
    // Of one length, because HMAC fills a short key with zeros: keys that differ only in zeros at the end are equal.
    const secret = fc.uint8Array({ minLength: 24, maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'))
    await fc.assert(
      fc.asyncProperty(secret, secret, fc.string({ unit: 'grapheme', maxLength: 50 }), async (right, wrong, body) => {
        fc.pre(right !== wrong)
        await setSecret(right)
        expect(await send(name, body, signBody(verification, right, body, { now: NOW }))).toBe(200)
        expect(await send(name, body, signBody(verification, wrong, body, { now: NOW }))).toBe(401)
      }),
      { numRuns: 8 },
    )
  })

  it('refuses everything while the secret is not set', async () => {
    await setSecret(null)
    for (const secret of ['', 'null', 'undefined']) {
      const key = name === 'standard' && secret === '' ? 'whsec_AAAA' : secret
      expect(await send(name, 'x', signBody(verification, key, 'x', { now: NOW }))).toBe(401)
    }
  })

  it('refuses a request without the header', async () => {
    await setSecret(STANDARD_KEY)
    expect(await send(name, 'x', {})).toBe(401)
  })
})

describe("a plugin's own verification", () => {
  const signed = () => ({ 'x-sha1': createHmac('sha1', 'ring ring').update('call').digest('hex') })

  it('decides by itself, and only `true` accepts a request', async () => {
    await setSecret('ring ring')
    expect(await send('own', 'call', signed())).toBe(204)
    expect(await send('own', 'calls', signed())).toBe(401)
    expect(await send('own', 'call', {})).toBe(401)
    const truthy = await app.send('shop.own', { body: 'call', headers: signed(), query: { misdeed: 'truthy' } })
    expect(truthy.status).toBe(401)
  })

  it('that throws or writes fails with HTTP 500, and nothing is written', async () => {
    await setSecret('ring ring')
    // timingSafeEqual throws for signatures of different lengths.
    expect(await send('own', 'call', { 'x-sha1': 'abcd' })).toBe(500)
    const writes = await app.send('shop.own', { body: 'call', headers: signed(), query: { misdeed: 'write' } })
    expect(writes.status).toBe(500)
    expect(await app.changes()).not.toContainEqual(expect.objectContaining({ type: 'Account' }))
  })
})

it('a secret of one workspace does not verify a request to another workspace', async () => {
  await setSecret('of acme')
  await setSecret('of globex', 'globex')
  const headers = signBody(verifications.hex, 'of acme', 'x')
  expect((await app.send('shop.hex', { body: 'x', headers })).status).toBe(200)
  expect((await app.send('shop.hex', { body: 'x', headers, workspace: 'globex' })).status).toBe(401)
})
