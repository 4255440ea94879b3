import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { setPassword } from '../../../src/platform/identity/passwords/passwords.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { byPassword, PASSWORD, postForm } from '../../support/sign-in.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ publicUrl: 'https://crm.example.com', trustedProxies: ['127.0.0.1'] })
})
afterAll(() => app.close())

const problem = z.strictObject({ error: z.string(), error_description: z.string() })

async function send(path: string, init: RequestInit & { duplex?: 'half' }) {
  const response = await app.fetch(new Request(`http://127.0.0.1${path}`, init))
  return { status: response.status, headers: response.headers, body: problem.parse(await response.json()) }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

describe('the sign-in endpoints', () => {
  const paths = ['/oauth/token', '/oauth/revoke', '/oauth/password']

  test.each(paths)('%s accepts only a form by POST', async (path) => {
    const get = await send(path, { method: 'GET' })
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const answer = await send(path, { method: 'POST', headers: { 'content-type': type }, body: '{}' })
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    }
  })

  test.each(paths)('%s refuses an invalid form', async (path) => {
    for (const body of ['', 'token=a&token=b', 'grant_type=password&password=a%00b', 'token=', 'unknown=1'])
      expect(await send(path, { method: 'POST', headers: FORM, body })).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
        headers: expect.objectContaining({}),
      })
  })

  test.each(paths)('%s refuses a body of more than 32 KB, with and without a Content-Length', async (path) => {
    const body = `token=${'x'.repeat(1_000_000)}`
    expect((await send(path, { method: 'POST', headers: FORM, body })).status).toBe(413)
    const stream = new Blob([body]).stream()
    expect((await send(path, { method: 'POST', headers: FORM, body: stream, duplex: 'half' })).status).toBe(413)
  })

  test('send Cache-Control: no-store with an error of /oauth/token', async () => {
    const { headers } = await send('/oauth/token', { method: 'POST', headers: FORM, body: 'grant_type=x' })
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    expect(headers.get('x-request-id')).toMatch(/./)
  })
})

describe('the token endpoint', () => {
  test.each([
    [{}, 'invalid_request'],
    [{ grant_type: 'authorization_code', code: 'x' }, 'unsupported_grant_type'],
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    [{ grant_type: 'password', username: 'x', password: 'y' }, 'invalid_request'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' }, 'invalid_request'],
  ])('refuses a form with %j by the OAuth error %s', async (fields, error) => {
    expect(await postForm(app, '/oauth/token', fields)).toMatchObject({ status: 400, body: { error } })
  })

  test.each([
    { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    { actor_token: 'x', actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
  ])('refuses a token exchange with %j', async (more) => {
    const answer = await postForm(app, '/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'x',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      ...more,
    })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('refuses to exchange an access token of Rapport, a refresh token or an API key', async () => {
    for (const token of [app.as('admin').token ?? '', `rpk_${'A'.repeat(43)}`, `rpr_${'A'.repeat(43)}`, 'x']) {
      const answer = await postForm(app, '/oauth/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      })
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
  })
})

test('the metadata of the authorization server (RFC 8414) lists the sign-in endpoints', async () => {
  const response = await app.fetch(new Request('http://127.0.0.1/.well-known/oauth-authorization-server'))
  expect(await response.json()).toMatchObject({
    issuer: 'https://crm.example.com',
    token_endpoint: 'https://crm.example.com/oauth/token',
    revocation_endpoint: 'https://crm.example.com/oauth/revoke',
    jwks_uri: 'https://crm.example.com/.well-known/jwks.json',
    grant_types_supported: ['password', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    token_endpoint_auth_methods_supported: ['none'],
  })
})

test('a sign-in from a network address is refused after 30 wrong passwords for any users, but not from another address', async () => {
  const { actor } = app.as('member')
  await setPassword(app.database.ownerPool, { workspaceId: actor.workspaceId, actorId: actor.id }, PASSWORD)
  const { url } = await app.listen()
  const attempt = (address: string, username: string, password: string) =>
    fetch(new URL('/oauth/token', url), {
      method: 'POST',
      headers: { 'x-forwarded-for': address },
      body: new URLSearchParams({ grant_type: 'password', workspace: 'acme', username, password }),
    })
  await Promise.all(Array.from({ length: 30 }, (_, at) => attempt('192.0.2.7', `user${at}@acme.example`, 'wrong')))
  const refused = await attempt('192.0.2.7', actor.email, PASSWORD)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(600)
  expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' })
  expect((await attempt('192.0.2.8', actor.email, PASSWORD)).status).toBe(200)
  const { rows } = await app.database.ownerPool.query('select ip_address from sessions')
  expect(rows).toEqual([{ ip_address: '192.0.2.8' }])
})

test('a database error during a sign-in is reported as server_error and not as a wrong password', async () => {
  const broken = await createTestApp()
  await broken.database.ownerPool.query('drop table refresh_tokens cascade')
  const { actor } = broken.as('member')
  await setPassword(broken.database.ownerPool, { workspaceId: actor.workspaceId, actorId: actor.id }, PASSWORD)
  const answer = await byPassword(broken, actor.email)
  expect(answer).toMatchObject({ status: 500, body: { error: 'server_error' } })
  const { rows } = await broken.database.ownerPool.query('select from sessions')
  expect(rows).toHaveLength(0)
  await broken.close()
})
