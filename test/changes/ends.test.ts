import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addCaller } from '../support/caller.ts'
import { logEnd, logSettled } from '../support/log.ts'
import { addAccount } from '../support/records.ts'
import { openAdmitted } from '../support/socket.ts'
import { openStream } from '../support/sse.ts'

let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).webSocketUrl
  await addAccount(app.as('member'), { name: 'First' })
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const LIMIT_MS = 10_000
const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor operation recordId } }'

/** Sends requests over a connection: only there the server notices by itself that a client has left. */
const over = (address: string) => ({ fetch: (request: Request) => fetch(new Request(address, request)) })

it('the server checks the rights of a slow client again before it sends the events that the client has not read yet', async () => {
  const after = await logEnd(app)
  const { workspaceId, id } = app.as('admin').actor
  await app.database.ownerPool.query(
    `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields)
     select $1, $2, 'CREATED', 'Contact', gen_random_uuid(), '{}' from generate_series(1, 1000)`,
    [workspaceId, id],
  )
  await logSettled(app)
  const caller = await addCaller(app)
  const request = new Request('http://127.0.0.1/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${caller.token}`,
    },
    body: JSON.stringify({ query: CHANGES, variables: { after } }),
  })
  const response = await app.fetch(request)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader?.read())?.value ?? ''
  await sleep(1_200)
  await app.database.ownerPool.query('delete from actor_roles where workspace_id = $1 and actor_id = $2', [
    caller.workspaceId,
    caller.id,
  ])
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) text += piece.value
  // Some events were already sent.
  expect(text.split('"CREATED"').length - 1).toBeLessThan(500)
  expect(text).toContain('RIGHTS_CHANGED')
})

it('the server sends no SQL statement for a stream that the client has left', async () => {
  const server = over(url.replace('ws:', 'http:'))
  const stream = await openStream(server, app.as('reader'), CHANGES)
  const socket = await openAdmitted(url, app.as('reader').token ?? '')
  socket.send({ id: 's', type: 'subscribe', payload: { query: CHANGES, variables: { after: await logEnd(app) } } })
  const asked = async () => {
    app.resetStatements()
    app.runtime.feed.announce(app.as('reader').actor.workspaceId)
    await sleep(100)
    return app.statements.length
  }
  await expect.poll(asked, { timeout: LIMIT_MS }).toBe(2)
  stream.close()
  socket.send({ id: 's', type: 'complete' })
  await expect.poll(asked, { timeout: LIMIT_MS }).toBe(0)
  socket.close()
})

it('every stream ends within two seconds when the server shuts down', async () => {
  const server = await createApp({ databaseUrl: app.databaseUrl })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const variables = { after: await logEnd(app) }
  const stream = await openStream(over(address.url), app.as('reader'), CHANGES, variables)
  const socket = await openAdmitted(address.url.replace('http:', 'ws:'), app.as('reader').token ?? '')
  socket.send({ id: 's', type: 'subscribe', payload: { query: CHANGES, variables } })
  await addAccount(app.as('member'), { name: 'Seen' })
  await Promise.all([stream.next(), socket.next()])
  const since = performance.now()
  await server.close()
  await stream.ended
  expect(await socket.closed).toMatchObject({ code: 1001 })
  expect(performance.now() - since).toBeLessThan(2_000)
  expect(await stream.drain(10)).toEqual([])
})
