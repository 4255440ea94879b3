import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { CLIENT_ID, type IdentityProviderServer, startIdentityProvider } from '../../support/identity-provider.ts'
import { addProvider, exchange } from '../../support/identity-settings.ts'
import { statusOf } from '../../support/sign-in.ts'

let provider: IdentityProviderServer
let app: TestApp

beforeAll(async () => {
  provider = await startIdentityProvider({ member: { email: 'member@acme.example', email_verified: true } })
  app = await createTestApp({
    signIn: { trustedIssuers: [provider.issuer], providerKeys: { cooldownMs: 0 } },
  })
  await addProvider(app, { issuer: provider.issuer, audiences: [CLIENT_ID] })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

describe('the keys of an identity provider', () => {
  test('are fetched again after the provider rotates them', async () => {
    const before = await provider.idToken('member')
    expect(await statusOf(app, before)).toBe(200)
    await provider.rotate()
    const after = await provider.idToken('member')
    expect(await statusOf(app, after)).toBe(200)
    expect(await statusOf(app, before)).toBe(401)
  })

  test('are not fetched again for 10 seconds when the provider was unreachable', async () => {
    const fresh = await createTestApp({ signIn: { trustedIssuers: [provider.issuer] } })
    await addProvider(fresh, { issuer: provider.issuer, audiences: [CLIENT_ID] })
    const token = await provider.idToken('member')
    vi.useFakeTimers({ toFake: ['performance'] })
    await provider.stop()
    expect(await statusOf(fresh, token)).toBe(401)
    await provider.start()
    const asked = provider.asked.length
    expect(await statusOf(fresh, token)).toBe(401)
    expect(provider.asked).toHaveLength(asked)
    vi.advanceTimersByTime(10_001)
    expect(await statusOf(fresh, token)).toBe(200)
    vi.useRealTimers()
    await fresh.close()
  })
})

test('a provider that the operator does not trust gets no requests, even when a workspace has configured it', async () => {
  const distrustful = await createTestApp()
  await addProvider(distrustful, { issuer: provider.issuer, audiences: [CLIENT_ID] })
  const token = await provider.idToken('member')
  const asked = provider.asked.length
  expect(await statusOf(distrustful, token)).toBe(401)
  expect((await exchange(distrustful, token)).status).toBe(400)
  expect(provider.asked).toHaveLength(asked)
  await distrustful.close()
})
