import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPersistedDocuments } from '../../src/server/persisted-operations.ts'
import { DEVELOPMENT, PRODUCTION, type ServerSettings } from '../../src/server/server-settings.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

/** The settings of production. Introspection is on because some of the audits query types of the schema. */
const GUARDED: ServerSettings = {
  ...PRODUCTION,
  introspection: true,
  corsOrigins: ['https://crm.example'],
  persisted: { mode: 'allow', documents: readPersistedDocuments('{}') },
}

/** The audits of the GraphQL over HTTP specification, against a server that requires a token as in production. */
describe.each([
  ['GraphQL over HTTP', DEVELOPMENT],
  ['GraphQL over HTTP with the protections of production', GUARDED],
] as const)('%s', (_, settings) => {
  let app: TestApp
  let url: string

  beforeAll(async () => {
    app = await createTestApp({ settings })
    url = (await app.listen()).url
  })
  afterAll(() => app.close())

  /** `fetch` with the token of the reader. */
  function withToken(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${app.as('reader').token}`)
    return fetch(input, { ...init, headers })
  }

  const audits = serverAudits({ url: () => url, fetchFn: withToken })

  it('is tested by the 61 audits of the package graphql-http', () => expect(audits).toHaveLength(61))

  it.each(audits.map(({ name, fn }) => [name, fn] as const))('%s', async (_name, fn) => {
    const result = await fn()
    expect([result.status, 'reason' in result ? result.reason : null]).toEqual(['ok', null])
  })
})
