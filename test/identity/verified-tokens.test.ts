import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { AuthenticationError } from '../../src/platform/identity/identity-errors.ts'
import { rotateSigningKeys } from '../../src/platform/identity/sessions/signing-key-store.ts'
import { openSigningKeys, type SigningKeys } from '../../src/platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../../src/platform/identity/sessions/tokens.ts'
import { createTokenVerifier } from '../../src/platform/identity/sessions/verified-tokens.ts'
import { type AccessDatabase, createAccessDatabase } from './access-database.ts'
import { ACTOR_ID, forge, readInstallationKey, WORKSPACE_ID } from './forge.ts'

let database: AccessDatabase
let keys: SigningKeys
const request = { workspaceId: WORKSPACE_ID, actorId: ACTOR_ID, expiresInSeconds: 60 }

beforeAll(async () => {
  database = await createAccessDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() })
  keys = await openSigningKeys(database.ownerPool)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('an access token that was verified before', () => {
  test('is accepted again without a second check of its signature', async () => {
    const verify = createTokenVerifier(keys)
    const token = await issueToken(keys, request)
    const checks = vi.spyOn(crypto.subtle, 'verify')
    const claims = await verify(token)
    expect(await verify(token)).toEqual(claims)
    expect(checks).toHaveBeenCalledTimes(1)
    checks.mockRestore()
  })

  test('is refused when it has expired', async () => {
    const verify = createTokenVerifier(keys)
    const token = await issueToken(keys, request)
    await verify(token)
    vi.advanceTimersByTime(66_000)
    await expect(verify(token)).rejects.toMatchObject({ reason: expect.stringContaining('ERR_JWT_EXPIRED (exp)') })
  })

  test('is refused a day after its issue, whatever its expiry', async () => {
    const verify = createTokenVerifier(keys)
    const now = Math.floor(Date.now() / 1000)
    const token = forge(await readInstallationKey(database.ownerPool), { claims: { exp: now + 86_400 * 365 } })
    expect((await verify(token)).expiresAt).toEqual(new Date((now + 86_400) * 1000))
    vi.advanceTimersByTime(86_410_000)
    await expect(verify(token)).rejects.toMatchObject({ reason: expect.stringContaining('ERR_JWT_EXPIRED (iat)') })
  })

  test('is refused when its signing key is no longer accepted', async () => {
    const verify = createTokenVerifier(keys)
    const token = await issueToken(keys, request)
    await verify(token)
    await rotateSigningKeys(database.ownerPool, { compromised: true })
    vi.advanceTimersByTime(31_000)
    await expect(verify(token)).rejects.toBeInstanceOf(AuthenticationError)
  })

  test('does not make the server accept a copy with another signature', async () => {
    const verify = createTokenVerifier(keys)
    const token = await issueToken(keys, request)
    await verify(token)
    const [header = '', payload = '', signature = ''] = token.split('.')
    await expect(verify(`${header}.${payload}.${'A'.repeat(signature.length)}`)).rejects.toBeInstanceOf(
      AuthenticationError,
    )
    await expect(verify(` ${token}`)).rejects.toBeInstanceOf(AuthenticationError)
  })
})

test('at most 1,000 verified access tokens are cached, and none that was refused', async () => {
  const verify = createTokenVerifier(keys)
  const oldest = await issueToken(keys, request)
  await verify(oldest)
  await expect(verify(`${oldest}x`)).rejects.toBeInstanceOf(AuthenticationError)
  for (let count = 0; count < 1_000; count++) await verify(await issueToken(keys, request))
  const checks = vi.spyOn(crypto.subtle, 'verify')
  await verify(oldest)
  await expect(verify(`${oldest}x`)).rejects.toBeInstanceOf(AuthenticationError)
  expect(checks).toHaveBeenCalledTimes(2)
  checks.mockRestore()
})
