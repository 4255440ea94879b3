import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { createLocalJWKSet, exportJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { openSigningKeys, type SigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken, verifyToken } from '../../src/platform/identity/sessions/tokens.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'
import {
  ACTOR_ID,
  ecdsa,
  type Forgery,
  forge,
  hmac,
  type InstallationKey,
  readInstallationKey,
  segment,
  WORKSPACE_ID,
} from './forge.ts'

let database: AccessDatabase
let keys: SigningKeys
let key: InstallationKey

beforeAll(async () => {
  database = await createAccessDatabase()
  keys = await openSigningKeys(database.ownerPool)
  key = await readInstallationKey(database.ownerPool)
})
afterAll(() => database.drop())

const request = { workspaceId: WORKSPACE_ID, actorId: ACTOR_ID }

async function refusal(token: string, given: SigningKeys = keys): Promise<AuthenticationError> {
  const error = await verifyToken(given, token).then(
    () => new Error('The token was accepted.'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof AuthenticationError)) throw error
  expect(error.message).toBe('The credential is not valid or has expired.')
  return error
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

describe('an issued access token', () => {
  test('is accepted, with its workspace and actor, for 15 minutes', async () => {
    const claims = await verifyToken(keys, await issueToken(keys, request))
    expect(claims).toMatchObject({ workspaceId: WORKSPACE_ID, actorId: ACTOR_ID })
    expect(claims.expiresAt.getTime() - claims.issuedAt.getTime()).toBe(900_000)
    expect(claims.tokenId).toMatch(/^[\da-f-]{36}$/)
  })

  test('is an RFC 9068 access token that a third party can verify with the published keys', async () => {
    const { payload, protectedHeader } = await jwtVerify(
      await issueToken(keys, request),
      createLocalJWKSet(await keys.publicJwks()),
      { issuer: 'urn:rapport', audience: 'rapport', typ: 'at+jwt', algorithms: ['ES256'] },
    )
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' })
    expect(Object.keys(payload).sort()).toEqual(['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sub', 'wsp'])
  })

  test.each([0, -1, 86_401, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'can’t have a lifetime of %s seconds',
    async (life) => {
      await expect(issueToken(keys, { ...request, expiresInSeconds: life })).rejects.toThrow(RangeError)
    },
  )

  test('can have a lifetime of a day', async () => {
    await expect(
      verifyToken(keys, await issueToken(keys, { ...request, expiresInSeconds: 86_400 })),
    ).resolves.toBeDefined()
  })
})

describe('an access token is accepted with', () => {
  const accepted: Record<string, () => Forgery> = {
    'valid claims': () => ({}),
    'an expiry 3 s ago, since clocks differ': () => ({ claims: { exp: secondsFromNow(-3) } }),
    'a beginning in 3 s, since clocks differ': () => ({ claims: { nbf: secondsFromNow(3) } }),
    'our audience among others': () => ({ claims: { aud: ['rapport', 'warehouse'] } }),
    'a key in the header, which is ignored': () => ({
      header: { jku: 'http://169.254.169.254/', jwk: { kty: 'oct', k: 'AA' } },
    }),
  }
  test.each(Object.keys(accepted))('%s', async (name) => {
    await expect(verifyToken(keys, forge(key, accepted[name]?.()))).resolves.toMatchObject({ actorId: ACTOR_ID })
  })
})

describe('an access token is refused with', () => {
  const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const unsigned = () => Buffer.alloc(0)
  const pem = () => key.publicKey.export({ type: 'spki', format: 'pem' })

  const forgeries: Record<string, () => Forgery | Promise<Forgery>> = {
    'alg none, unsigned': () => ({ header: { alg: 'none' }, signer: unsigned }),
    'alg NONE, unsigned': () => ({ header: { alg: 'NONE' }, signer: unsigned }),
    'alg nOnE, signed': () => ({ header: { alg: 'nOnE' } }),
    'no alg': () => ({ header: { alg: undefined } }),
    'alg that is not text': () => ({ header: { alg: ['ES256'] } }),
    'HS256 signed with the public key as PEM': () => ({ header: { alg: 'HS256' }, signer: hmac(pem()) }),
    'HS256 signed with the public key as DER': () => ({
      header: { alg: 'HS256' },
      signer: hmac(key.publicKey.export({ type: 'spki', format: 'der' })),
    }),
    'HS256 signed with the public key as JWK': async () => ({
      header: { alg: 'HS256' },
      signer: hmac(JSON.stringify(await exportJWK(key.publicKey))),
    }),
    'HS256 signed with the empty secret': () => ({ header: { alg: 'HS256' }, signer: hmac('') }),
    'RS256 signed with another key': () => ({
      header: { alg: 'RS256' },
      signer: (input) => sign('sha256', input, rsa.privateKey),
    }),
    'ES384 signed with another key': () => ({ header: { alg: 'ES384' }, signer: ecdsa(p384.privateKey) }),
    'our kid, signed with another key': () => ({ signer: ecdsa(strangers.privateKey) }),
    'another key that is in its header': async () => ({
      header: { jwk: await exportJWK(strangers.publicKey), x5c: ['AA=='], jku: 'https://attacker.example/jwks.json' },
      signer: ecdsa(strangers.privateKey),
    }),
    'alg EdDSA for a key of another curve': () => ({ header: { alg: 'EdDSA' } }),
    'a signature of zeros (CVE-2022-21449)': () => ({ signer: () => Buffer.alloc(64) }),
    'an empty signature': () => ({ signer: unsigned }),
    'a signature in DER': () => ({ signer: ecdsa(key.privateKey, 'der') }),
    'no kid': () => ({ header: { kid: undefined } }),
    'an unknown kid': () => ({ header: { kid: 'A'.repeat(43) } }),
    'a kid that is a path': () => ({ header: { kid: '../../../../dev/null' }, signer: hmac('') }),
    'a kid that is SQL': () => ({ header: { kid: "' union select 'key" } }),
    'the kid __proto__': () => ({ header: { kid: '__proto__' } }),
    'a kid that is a list': () => ({ header: { kid: [key.kid] } }),
    'a kid that is a number': () => ({ header: { kid: 0 } }),
    'typ JWT': () => ({ header: { typ: 'JWT' } }),
    'the typ of a logout token': () => ({ header: { typ: 'logout+jwt' } }),
    'no typ': () => ({ header: { typ: undefined } }),
    'an unknown crit': () => ({ header: { crit: ['urn:secret-extension'], 'urn:secret-extension': true } }),
    'a crit that the header does not contain': () => ({ header: { crit: ['exp'] } }),
    'an empty crit': () => ({ header: { crit: [] } }),
    'an unencoded payload': () => ({ header: { crit: ['b64'], b64: false } }),
    'another issuer': () => ({ claims: { iss: 'https://attacker.example' } }),
    'an issuer that begins like ours': () => ({ claims: { iss: 'urn:rapport:other' } }),
    'a list of issuers': () => ({ claims: { iss: ['urn:rapport'] } }),
    'no issuer': () => ({ claims: { iss: undefined } }),
    'another audience': () => ({ claims: { aud: 'warehouse' } }),
    'no audience': () => ({ claims: { aud: undefined } }),
    'expiry 6 s ago': () => ({ claims: { exp: secondsFromNow(-6) } }),
    'expiry long ago': () => ({ claims: { exp: 0, iat: 0 } }),
    'no expiry': () => ({ claims: { exp: undefined } }),
    'an expiry that is text': () => ({ claims: { exp: '9999999999' } }),
    'an expiry that is null': () => ({ claims: { exp: null } }),
    'an expiry beyond a day': () => ({ claims: { iat: secondsFromNow(-86_410), exp: secondsFromNow(86_400 * 365) } }),
    'nbf in the future': () => ({ claims: { nbf: secondsFromNow(60) } }),
    'a time of issue in the future': () => ({ claims: { iat: secondsFromNow(60) } }),
    'no time of issue': () => ({ claims: { iat: undefined } }),
    'no token id': () => ({ claims: { jti: undefined } }),
    'no actor': () => ({ claims: { sub: undefined } }),
    'an actor that is not a uuid': () => ({ claims: { sub: "x' or '1'='1" } }),
    'an actor that is a JSON object': () => ({ claims: { sub: { $ne: null } } }),
    'no workspace': () => ({ claims: { wsp: undefined } }),
    'a workspace that is not a uuid': () => ({ claims: { wsp: '*' } }),
  }

  test.each(Object.keys(forgeries))('%s', async (name) => {
    const token = forge(key, await forgeries[name]?.())
    const error = await refusal(token)
    for (const part of token.split('.').filter((text) => text.length > 8)) {
      expect(JSON.stringify(error) + error.message + error.reason + error.stack).not.toContain(part)
    }
    expect(error.reason).not.toContain('secret-extension')
    expect(error.cause).toBeUndefined()
  })

  test('a changed, missing or additional part', async () => {
    const [header = '', payload = '', signature = ''] = forge(key).split('.')
    const other = segment({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: WORKSPACE_ID })
    await refusal(`${header}.${other}.${signature}`)
    await refusal(`${segment({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, x: 1 })}.${payload}.${signature}`)
    await refusal(`${header}.${payload}.${signature.slice(0, -4)}`)
    await refusal(`${header}.${payload}.`)
    await refusal(`${header}.${payload}`)
    await refusal(`${header}.${payload}.${signature}.`)
    await refusal(` ${header}.${payload}.${signature}`)
    await refusal(`${header}.${payload}.${signature}.${signature}.${signature}`)
    await refusal(JSON.stringify({ payload, signatures: [{ protected: header, signature }] }))
  })

  test('one changed character, unless the changed token decodes to the bytes of the original', async () => {
    const token = forge(key)
    const good = await verifyToken(keys, token)
    const changes = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(...'AZaz09-_.='))
    await fc.assert(
      fc.asyncProperty(changes, async ([at, character]) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1)
        const outcome = await verifyToken(keys, changed).catch((error: unknown) => error)
        if (!(outcome instanceof AuthenticationError)) expect(outcome).toEqual(good)
      }),
      { numRuns: 300 },
    )
  })

  test('text that is not a token at all', async () => {
    const nonsense = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.json(), fc.json(), fc.string())
        .map(([header, payload, signature]) =>
          [header, payload, signature].map((part) => Buffer.from(part).toString('base64url')).join('.'),
        ),
    )
    await fc.assert(
      fc.asyncProperty(nonsense, async (token) => void (await refusal(token))),
      { numRuns: 300 },
    )
  })

  test('more than 8,192 characters, before its signing key is looked up', async () => {
    const unreadable: SigningKeys = {
      current: () => Promise.reject(new Error('not to be asked')),
      find: () => Promise.reject(new Error('not to be asked')),
      publicJwks: () => Promise.reject(new Error('not to be asked')),
    }
    const long = forge(key, { claims: { padding: 'x'.repeat(8_192) } })
    expect((await refusal(long, unreadable)).reason).toContain('8192')
    const million = 'a'.repeat(1_000_000)
    expect((await refusal(`${million}.${million}.${million}`, unreadable)).reason).toContain('8192')
  })
})

test('an error of the database is not reported as an invalid access token', async () => {
  const broken: SigningKeys = { ...keys, find: () => Promise.reject(new Error('connection refused')) }
  await expect(verifyToken(broken, forge(key))).rejects.toThrow('connection refused')
})
