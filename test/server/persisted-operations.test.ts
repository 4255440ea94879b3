import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPersistedDocuments } from '../../src/server/persisted-operations.ts'
import { DEVELOPMENT, PRODUCTION } from '../../src/server/server-settings.ts'
import { at } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { codeOf, postJson, sendAs } from '../support/post.ts'
import { openSocket } from '../support/socket.ts'

const COUNT = 'query Count($first: Int) { accounts(first: $first) { totalCount } }'
const CHANGES = 'subscription Changes { changes { cursor } }'
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const relay = JSON.stringify({ [hash(COUNT)]: COUNT, [hash(CHANGES)]: CHANGES })
const apollo = JSON.stringify({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [
    { id: hash(COUNT), name: 'Count', type: 'query', body: COUNT },
    { id: hash(CHANGES), name: 'Changes', type: 'subscription', body: CHANGES },
  ],
})

const byApollo = (id: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } })
const ANSWER = { data: { accounts: { totalCount: 0 } } }

const apps: Record<'off' | 'allow' | 'only', TestApp | undefined> = {
  off: undefined,
  allow: undefined,
  only: undefined,
}
function appOf(mode: keyof typeof apps): TestApp {
  const app = apps[mode]
  if (!app) throw new Error(`The app with ${mode} has not started.`)
  return app
}

beforeAll(async () => {
  const documents = readPersistedDocuments(apollo)
  apps.off = await createTestApp()
  apps.allow = await createTestApp({ settings: { ...DEVELOPMENT, persisted: { mode: 'allow', documents } } })
  apps.only = await createTestApp({ settings: { ...PRODUCTION, persisted: { mode: 'only', documents } } })
})
afterAll(() => Promise.all(Object.values(apps).map((app) => app?.close())))

describe('a file of persisted operations', () => {
  it('is read in the formats of relay-compiler and Apollo', () => {
    for (const text of [relay, apollo])
      expect([...readPersistedDocuments(text)]).toEqual([
        [hash(COUNT), COUNT],
        [hash(CHANGES), CHANGES],
      ])
  })

  it.each(['', '[]', '{"a":1}', '{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}'])(
    'is refused when its content is %j',
    (text) => expect(() => readPersistedDocuments(text)).toThrow(/it is n/),
  )
})

describe.each(['allow', 'only'] as const)('persisted operations in the mode "%s"', (mode) => {
  it.each([
    ['documentId', { documentId: hash(COUNT) }],
    ['Apollo’s extension', byApollo(hash(COUNT))],
    ['Apollo’s extension with an empty query', { query: '', ...byApollo(hash(COUNT)) }],
    ['Apollo’s extension with another document, which is ignored', { query: '{ nonsense }', ...byApollo(hash(COUNT)) }],
  ])('are executed when the request has the id of the operation in %s', async (_, asked) => {
    const { json } = await postJson(appOf(mode), { ...asked, variables: { first: 3 }, operationName: 'Count' })
    expect(json).toEqual(ANSWER)
  })

  it('are executed by GET with the id in Apollo’s extension', async () => {
    const { extensions } = byApollo(hash(COUNT))
    const path = `/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`
    const { json } = await sendAs(appOf(mode), path, { headers: { accept: 'application/json' } })
    expect(json).toEqual(ANSWER)
  })

  it('give the error PERSISTED_QUERY_NOT_FOUND when the id is unknown', async () => {
    for (const asked of [{ documentId: 'nonsense' }, { documentId: '__proto__' }, byApollo(hash('{ __typename }'))]) {
      const answer = await postJson(appOf(mode), asked)
      expect([at(answer.json, 'errors.0.message'), codeOf(answer)]).toEqual([
        'PersistedQueryNotFound',
        'PERSISTED_QUERY_NOT_FOUND',
      ])
    }
  })

  it('are executed or refused over WebSocket as over HTTP', async () => {
    const app = appOf(mode)
    const socket = await openSocket((await app.listen()).webSocketUrl)
    try {
      socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('member').token}` } })
      await socket.next()
      socket.send({ type: 'subscribe', id: '1', payload: { query: '', ...byApollo(hash(COUNT)) } })
      expect([at(await socket.next(), 'payload'), at(await socket.next(), 'type')]).toEqual([ANSWER, 'complete'])
      for (const payload of [byApollo(hash(COUNT)), { documentId: hash(COUNT) }]) {
        socket.send({ type: 'subscribe', id: '1', payload })
        expect([at(await socket.next(), 'payload'), at(await socket.next(), 'type')]).toEqual([ANSWER, 'complete'])
      }
      socket.send({ type: 'subscribe', id: '2', payload: { query: '', ...byApollo('nonsense') } })
      expect(at(await socket.next(), 'payload.0.extensions.code')).toBe('PERSISTED_QUERY_NOT_FOUND')
      socket.send({ type: 'subscribe', id: '3', payload: { query: COUNT } })
      const message = await socket.next()
      if (mode === 'only') expect(at(message, 'payload.0.extensions.code')).toBe('PERSISTED_QUERY_ID_REQUIRED')
      else expect(at(message, 'payload')).toEqual(ANSWER)
    } finally {
      socket.close()
    }
  })
})

describe('a document that is sent as text', () => {
  it('is executed in the mode "allow", also beside an unknown id, as clients send it at the second attempt', async () => {
    expect((await postJson(appOf('allow'), { query: COUNT })).json).toEqual(ANSWER)
    expect((await postJson(appOf('allow'), { query: COUNT, ...byApollo('nonsense') })).json).toEqual(ANSWER)
  })

  it('is refused in the mode "only", even when the text is that of a persisted operation', async () => {
    const app = appOf('only')
    app.resetStatements()
    for (const [asked, code] of [
      [{ query: '{ __typename }' }, 'PERSISTED_QUERY_ID_REQUIRED'],
      [{ query: COUNT }, 'PERSISTED_QUERY_ID_REQUIRED'],
      [{ query: COUNT, documentId: 5 }, 'PERSISTED_QUERY_ID_REQUIRED'],
      [{ query: COUNT, ...byApollo('nonsense') }, 'PERSISTED_QUERY_NOT_FOUND'],
      [{}, 'PERSISTED_QUERY_ID_REQUIRED'],
    ] as const)
      expect(codeOf(await postJson(app, asked))).toBe(code)
    const byGet = await sendAs(app, '/graphql?query={__typename}', { headers: { accept: 'application/json' } })
    expect(codeOf(byGet)).toBe('PERSISTED_QUERY_ID_REQUIRED')
    expect(app.statements).toEqual([])
  })

  it('is required when persisted operations are off: an id alone gives PERSISTED_QUERY_NOT_SUPPORTED', async () => {
    const answer = await postJson(appOf('off'), byApollo(hash(COUNT)))
    expect([at(answer.json, 'errors.0.message'), codeOf(answer)]).toEqual([
      'PersistedQueryNotSupported',
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ])
    expect((await postJson(appOf('off'), { query: COUNT, ...byApollo(hash(COUNT)) })).json).toEqual(ANSWER)
  })
})
