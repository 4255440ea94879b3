import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'

/** The audits of the GraphQL over HTTP specification, against a server that asks for a token as in production. */
let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).url
})
afterAll(() => app.close())

/** `fetch` that brings the token along. */
function withToken(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${app.as('reader').token}`)
  return fetch(input, { ...init, headers })
}

const audits = serverAudits({ url: () => url, fetchFn: withToken })

describe('GraphQL over HTTP', () => {
  it('has 61 audits', () => expect(audits).toHaveLength(61))

  it.each(audits.map(({ name, fn }) => [name, fn] as const))('%s', async (_, fn) => {
    const result = await fn()
    expect([result.status, 'reason' in result ? result.reason : null]).toEqual(['ok', null])
  })
})
