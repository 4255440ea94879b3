import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTVerifyGetKey, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { openProviderKeys, type ProviderKeysOptions } from '../../src/platform/identity/providers/provider-keys.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let issuer: string
const answers = new Map<string, Answer>()
const asked: string[] = []
const failures: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers.get(request.url ?? '')
    if (answer) answer(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  issuer = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  vi.useRealTimers()
  answers.clear()
  asked.length = 0
  failures.length = 0
})

const METADATA = '/.well-known/openid-configuration'

function json(document: unknown): Answer {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

function metadata(more: Readonly<Record<string, unknown>> = {}): Answer {
  return json({ issuer, jwks_uri: `${issuer}/jwks`, ...more })
}

function open(options: ProviderKeysOptions = {}) {
  return openProviderKeys({ ...options, onFailure: (_issuer, error) => failures.push(String(error)) })
}

async function makeKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }, token }
}

async function find(keys: JWTVerifyGetKey, kid: string, token = 'a.b.c') {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return keys({ alg: 'ES256', kid }, { protected: header, payload, signature })
}

test('the keys of an identity provider are found by discovery, and requested once', async () => {
  const { jwk } = await makeKey('one')
  answers.set(METADATA, metadata())
  answers.set('/jwks', json({ keys: [jwk] }))
  const keys = open()
  for (let count = 0; count < 3; count++) await expect(find(await keys.of(issuer), 'one')).resolves.toBeDefined()
  expect(asked).toEqual([METADATA, '/jwks'])
})

test('the metadata of an issuer with a path and a trailing slash is requested as the standard defines', async () => {
  answers.set(`/realms/crm${METADATA}`, json({ issuer: `${issuer}/realms/crm/`, jwks_uri: `${issuer}/jwks` }))
  await open().of(`${issuer}/realms/crm/`)
  expect(asked).toEqual([`/realms/crm${METADATA}`])
})

describe('the keys of an identity provider are refused when its metadata', () => {
  const wrong: Record<string, () => Answer> = {
    'names another issuer': () => metadata({ issuer: 'https://attacker.example' }),
    'names the issuer with a trailing slash': () => metadata({ issuer: `${issuer}/` }),
    'has no issuer': () => metadata({ issuer: undefined }),
    'has no address of keys': () => metadata({ jwks_uri: undefined }),
    'names keys at http: on another host': () => metadata({ jwks_uri: 'http://169.254.169.254/latest/meta-data' }),
    'names keys in a file': () => metadata({ jwks_uri: 'file:///etc/passwd' }),
    'names keys at an address with a password': () => metadata({ jwks_uri: 'https://user:secret@id.example.com/jwks' }),
    'is not JSON': () => (_request, response) => response.end('<html>'),
    'is a list': () => json([]),
    'is a redirect': () => (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    'is an error page': () => (_request, response) => response.writeHead(500).end('{}'),
    'has a content-length that is too large': () => (_request, response) =>
      response.writeHead(200, { 'content-length': '2000000' }).end(),
    'is too long': () => (_request, response) => {
      response.on('error', () => undefined)
      response.write('{')
      for (let count = 0; count < 20; count++) response.write(' '.repeat(100_000))
    },
    'is cut off': () => (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{')
      response.destroy()
    },
  }
  test.each(Object.keys(wrong))('%s', async (name) => {
    answers.set('/elsewhere', metadata())
    answers.set(METADATA, wrong[name]?.() ?? json(null))
    await expect(open().of(issuer)).rejects.toBeInstanceOf(AuthenticationError)
    expect(asked).toEqual([METADATA])
    expect(failures).toHaveLength(1)
  })
})

test('the keys of an identity provider are refused when they are malformed, redirected or too long', async () => {
  answers.set(METADATA, metadata())
  for (const answer of [
    json({ keys: 'none' }),
    json({}),
    (_request: IncomingMessage, response: ServerResponse) => response.writeHead(301, { location: '/real' }).end(),
    json({ keys: [], padding: 'x'.repeat(1_100_000) }),
  ]) {
    answers.set('/jwks', answer)
    await expect(find(await open().of(issuer), 'one')).rejects.toBeInstanceOf(AuthenticationError)
  }
  expect(asked).not.toContain('/real')
})

test('new keys of an identity provider are found after a pause of 30 seconds, in which unknown key ids cause no request', async () => {
  const [one, two] = [await makeKey('one'), await makeKey('two')]
  answers.set(METADATA, metadata())
  answers.set('/jwks', json({ keys: [one.jwk] }))
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() })
  const keys = await open().of(issuer)
  await find(keys, 'one')
  answers.set('/jwks', json({ keys: [two.jwk] }))
  for (let count = 0; count < 10; count++) await expect(find(keys, `invented-${count}`)).rejects.toThrow()
  expect(asked.filter((path) => path === '/jwks')).toHaveLength(1)
  vi.advanceTimersByTime(30_001)
  await expect(find(keys, 'two')).resolves.toBeDefined()
  await expect(find(keys, 'one')).rejects.toThrow()
})

test('when an identity provider does not answer, look-ups of its keys fail within 10 s, and the next sends no request', async () => {
  answers.set(METADATA, () => undefined)
  const keys = open()
  const begun = performance.now()
  const waiting = Array.from({ length: 10 }, () => keys.of(issuer))
  for (const each of waiting) await expect(each).rejects.toBeInstanceOf(AuthenticationError)
  expect(performance.now() - begun).toBeLessThan(10_000)
  await expect(keys.of(issuer)).rejects.toBeInstanceOf(AuthenticationError)
  expect(asked).toEqual([METADATA])
}, 15_000)
