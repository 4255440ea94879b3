import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forge, hmac, readInstallationKey, segment } from '../../identity/forge.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { CLIENT_ID, type IdentityProviderServer, startIdentityProvider } from '../../support/identity-provider.ts'
import { addProvider, exchange } from '../../support/identity-settings.ts'
import { statusOf } from '../../support/sign-in.ts'
import { openSocket } from '../../support/socket.ts'

let provider: IdentityProviderServer
let app: TestApp
let webSocketUrl: string
const { log, lines: logged } = captureLog()

beforeAll(async () => {
  provider = await startIdentityProvider({})
  app = await createTestApp({
    log,
    signIn: { trustedIssuers: [provider.issuer] },
  })
  await addProvider(app, { issuer: provider.issuer, audiences: [CLIENT_ID] })
  webSocketUrl = (await app.listen()).webSocketUrl
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly signer?: (input: Buffer) => Buffer
}

/** A valid token of the identity provider, except for what the forgery changes. */
function forgeIdentity({ header, claims, signer }: Forgery): string {
  const input = `${segment({ alg: 'RS256', kid: provider.key.kid, ...header })}.${segment({
    iss: provider.issuer,
    aud: CLIENT_ID,
    sub: 'member',
    email: 'member@acme.example',
    email_verified: true,
    iat: secondsFromNow(0),
    exp: secondsFromNow(600),
    ...claims,
  })}`
  const signature = (signer ?? rsa(createPrivateKey({ key: provider.key.privateJwk, format: 'jwk' })))(
    Buffer.from(input),
  )
  return `${input}.${signature.toString('base64url')}`
}

function rsa(key: KeyObject): (input: Buffer) => Buffer {
  return (input) => sign('sha256', input, key)
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

/** Expects that HTTP, WebSocket and the token exchange refuse the token, and that no part of it is logged. */
async function expectRefusal(token: string): Promise<void> {
  expect(await statusOf(app, token)).toBe(401)
  const socket = await openSocket(webSocketUrl)
  socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } })
  expect(await socket.closed).toMatchObject({ code: 4403 })
  if (token.length < 30_000)
    expect(await exchange(app, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const text = logged.join('')
  for (const part of [token, ...token.split('.').filter((piece) => piece.length > 20)]) expect(text).not.toContain(part)
}

test('a valid token of an identity provider is accepted, also with harmless variations', async () => {
  expect(await statusOf(app, forgeIdentity({}))).toBe(200)
  const socket = await openSocket(webSocketUrl)
  socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${forgeIdentity({})}` } })
  expect(await socket.next()).toMatchObject({ type: 'connection_ack' })
  socket.close()
  const accepted: Forgery[] = [
    { claims: { exp: secondsFromNow(-3) } },
    { claims: { nbf: secondsFromNow(3) } },
    { claims: { aud: [CLIENT_ID] } },
    { claims: { aud: [CLIENT_ID, 'other'], azp: CLIENT_ID } },
    { header: { typ: 'JWT' } },
    { header: { typ: 'at+jwt' } },
    { header: { jku: 'http://169.254.169.254/', jwk: { kty: 'oct', k: 'AA' } } },
  ]
  for (const forgery of accepted) expect(await statusOf(app, forgeIdentity(forgery))).toBe(200)
})

describe('a token of an identity provider is refused with', () => {
  const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const strangersJwk = strangers.publicKey.export({ format: 'jwk' })
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = () => createPublicKey({ key: provider.key.publicJwk, format: 'jwk' })
  const unsigned = () => Buffer.alloc(0)

  const forgeries: Record<string, () => Forgery> = {
    'alg none, unsigned': () => ({ header: { alg: 'none' }, signer: unsigned }),
    'alg nOnE, signed': () => ({ header: { alg: 'nOnE' } }),
    'no alg': () => ({ header: { alg: undefined } }),
    'HS256 by the public key as PEM': () => ({
      header: { alg: 'HS256' },
      signer: hmac(publicKey().export({ type: 'spki', format: 'pem' })),
    }),
    'HS256 by the public key as PKCS #1': () => ({
      header: { alg: 'HS256' },
      signer: hmac(publicKey().export({ type: 'pkcs1', format: 'pem' })),
    }),
    'HS256 by the public key as JWK': () => ({
      header: { alg: 'HS256' },
      signer: hmac(JSON.stringify(provider.key.publicJwk)),
    }),
    'HS256 by the modulus': () => ({
      header: { alg: 'HS256' },
      signer: hmac(Buffer.from(String(provider.key.publicJwk.n), 'base64url')),
    }),
    'HS512 by the empty secret': () => ({ header: { alg: 'HS512' }, signer: hmac('') }),
    'RS384, which the workspace does not allow': () => ({
      header: { alg: 'RS384' },
      signer: (input) => sign('sha384', input, createPrivateKey({ key: provider.key.privateJwk, format: 'jwk' })),
    }),
    RS1: () => ({ header: { alg: 'alg RS1' } }),
    'an unknown key': () => ({ signer: rsa(strangers.privateKey) }),
    'an unknown key that the header brings as jwk, jku, x5u and x5c': () => ({
      header: {
        jwk: strangersJwk,
        jku: 'https://attacker.example/jwks.json',
        x5u: 'https://attacker.example/cert.pem',
        x5c: ['MIIB'],
        kid: 'attacker',
      },
      signer: rsa(strangers.privateKey),
    }),
    'an unknown key of another type': () => ({
      header: { alg: 'ES256', jwk: curve.publicKey.export({ format: 'jwk' }) },
      signer: (input) => sign('sha256', input, { key: curve.privateKey, dsaEncoding: 'ieee-p1363' }),
    }),
    'no signature': () => ({ signer: unsigned }),
    'an unknown kid': () => ({ header: { kid: 'another' } }),
    'a kid that is a path': () => ({ header: { kid: '../../../../../../dev/null' }, signer: hmac('') }),
    'a kid that is a URL': () => ({ header: { kid: 'http://169.254.169.254/latest/meta-data/' } }),
    'the kid __proto__': () => ({ header: { kid: '__proto__' } }),
    'a kid that is not a text': () => ({ header: { kid: { $ne: null } } }),
    'an unknown crit': () => ({ header: { crit: ['urn:x'], 'urn:x': true } }),
    'an unencoded payload': () => ({ header: { crit: ['b64'], b64: false } }),
    'the typ of a logout token': () => ({ header: { typ: 'logout+jwt' } }),
    'the typ of a security event': () => ({ header: { typ: 'secevent+jwt' } }),
    'another issuer': () => ({ claims: { iss: 'https://attacker.example' } }),
    'an issuer with a slash at the end': () => ({ claims: { iss: `${provider.issuer}/` } }),
    'an issuer with more at the end': () => ({ claims: { iss: `${provider.issuer}.attacker.example` } }),
    'an issuer with a link-local address': () => ({ claims: { iss: 'http://169.254.169.254' } }),
    'the issuer of Rapport': () => ({ claims: { iss: 'urn:rapport' } }),
    'a list of issuers': () => ({ claims: { iss: [provider.issuer] } }),
    'no issuer': () => ({ claims: { iss: undefined } }),
    'another audience': () => ({ claims: { aud: 'payroll' } }),
    'no audience': () => ({ claims: { aud: undefined } }),
    'an empty list of audiences': () => ({ claims: { aud: [] } }),
    'several audiences and no azp': () => ({ claims: { aud: [CLIENT_ID, 'payroll'] } }),
    'several audiences and a foreign azp': () => ({ claims: { aud: [CLIENT_ID, 'payroll'], azp: 'payroll' } }),
    'an expiry 6 s ago': () => ({ claims: { exp: secondsFromNow(-6) } }),
    'no expiry': () => ({ claims: { exp: undefined } }),
    'an expiry that is text': () => ({ claims: { exp: '9999999999' } }),
    'a time of issue more than a day ago': () => ({ claims: { iat: secondsFromNow(-90_000) } }),
    'a time of issue in the future': () => ({ claims: { iat: secondsFromNow(60) } }),
    'no time of issue': () => ({ claims: { iat: undefined } }),
    'a start of validity (nbf) in the future': () => ({ claims: { nbf: secondsFromNow(60) } }),
    'no subject': () => ({ claims: { sub: undefined } }),
    'an empty subject': () => ({ claims: { sub: '' } }),
    'a subject with a NUL': () => ({ claims: { sub: 'member\0' } }),
    'a subject of 300 characters': () => ({ claims: { sub: 'x'.repeat(300) } }),
    'a cnf claim, which requires a proof of possession': () => ({ claims: { cnf: { jkt: 'x' } } }),
    '1 MB of claims': () => ({ claims: { padding: 'x'.repeat(1_000_000) } }),
    'an unknown subject whose e-mail is not verified': () => ({ claims: { sub: 'eve', email_verified: false } }),
    'an unknown subject whose email_verified is not a boolean': () => ({
      claims: { sub: 'eve', email_verified: 'yes' },
    }),
    'an unknown subject without an e-mail': () => ({ claims: { sub: 'eve', email: undefined } }),
    'an unknown subject with an unknown e-mail': () => ({ claims: { sub: 'eve', email: 'eve@acme.example' } }),
    'an unknown subject with a NUL in the e-mail': () => ({ claims: { sub: 'eve', email: 'member@acme.example\0' } }),
  }
  test.each(Object.keys(forgeries))('%s', async (name) => {
    await expectRefusal(forgeIdentity(forgeries[name]?.() ?? {}))
  })

  test('a changed payload or a shortened or missing signature', async () => {
    const token = forgeIdentity({})
    const [header, payload, signature = ''] = token.split('.')
    await expectRefusal(
      `${header}.${segment({ iss: provider.issuer, aud: CLIENT_ID, sub: 'x', exp: 2e9 })}.${signature}`,
    )
    await expectRefusal(`${header}.${payload}.${signature.slice(0, -4)}`)
    await expectRefusal(`${header}.${payload}`)
  })
})

describe('an access token of Rapport is refused over HTTP, WebSocket and token exchange with', () => {
  const now = secondsFromNow(0)
  const forgeries: Record<string, Parameters<typeof forge>[1]> = {
    'alg none': { header: { alg: 'none' }, signer: () => Buffer.alloc(0) },
    'another issuer': { claims: { iss: 'https://attacker.example' } },
    'the issuer of an identity provider': { claims: { iss: 'replaced below' } },
    'another audience': { claims: { aud: 'warehouse' } },
    'an expiry long ago': { claims: { iat: now - 900, exp: now - 600 } },
    'a start of validity (nbf) in the future': { claims: { nbf: now + 60 } },
    'an unknown crit': { header: { crit: ['urn:x'], 'urn:x': 1 } },
    'a kid that is a path': { header: { kid: '../../../../dev/null' }, signer: hmac('') },
    '1 MB of claims': { claims: { padding: 'x'.repeat(1_000_000) } },
  }
  test.each(Object.keys(forgeries))('%s', async (name) => {
    const key = await readInstallationKey(app.database.ownerPool)
    const forgery = forgeries[name]
    const claims =
      name === 'the issuer of an identity provider' ? { iss: provider.issuer, aud: CLIENT_ID } : forgery?.claims
    await expectRefusal(forge(key, { ...forgery, ...(claims && { claims }) }))
  })

  test('HS256 with the public key as the secret, as PEM and as JWK', async () => {
    const key = await readInstallationKey(app.database.ownerPool)
    for (const secret of [
      key.publicKey.export({ type: 'spki', format: 'pem' }),
      JSON.stringify(key.publicKey.export({ format: 'jwk' })),
    ])
      await expectRefusal(forge(key, { header: { alg: 'HS256' }, signer: hmac(secret) }))
  })

  test('the session of another user or an invalid session', async () => {
    const key = await readInstallationKey(app.database.ownerPool)
    const { workspaceId: wsp, id: sub } = app.as('member').actor
    expect(await statusOf(app, forge(key, { claims: { wsp, sub } }))).toBe(200)
    const { rows } = await app.database.ownerPool.query(
      `insert into sessions (workspace_id, id, actor_id, expires_at) values ($1, gen_random_uuid(), $2, now() + interval '1 day')
       returning id`,
      [wsp, app.as('admin').actor.id],
    )
    for (const sid of [rows[0]?.id, sub, 'x', null, 7]) await expectRefusal(forge(key, { claims: { wsp, sub, sid } }))
  })
})

test('many tokens with unknown kids make the server fetch the keys of the identity provider at most once', async () => {
  await statusOf(app, forgeIdentity({}))
  const asked = provider.asked.length
  for (let count = 0; count < 20; count++) await statusOf(app, forgeIdentity({ header: { kid: `unknown-${count}` } }))
  expect(provider.asked.length - asked).toBeLessThanOrEqual(1)
})

test('a refused token is not logged as a warning or an error', () => {
  expect(logged.filter((line) => Number(JSON.parse(line).level) >= 40)).toEqual([])
})
