import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createApp } from '../../src/app.ts'
import { at, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logEnd, logSettled } from '../support/log.ts'
import { addAccount, addTask, setDeleted } from '../support/records.ts'
import { openSocket, type TestSocket } from '../support/socket.ts'
import { shortToken } from '../support/tokens.ts'

let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).webSocketUrl
  await addAccount(app.as('member'), { name: 'First' })
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const CHANGES =
  'subscription ($after: String, $filter: ChangeFilter) { changes(after: $after, filter: $filter) { cursor operation recordId type } }'

/** Opens a WebSocket and sends the credential. */
async function connect(token: string | null): Promise<TestSocket> {
  const socket = await openSocket(url)
  socket.send({ type: 'connection_init', payload: token === null ? {} : { Authorization: `Bearer ${token}` } })
  return socket
}

async function admitted(token: string | null): Promise<TestSocket> {
  const socket = await connect(token)
  expect(await socket.next()).toEqual({ type: 'connection_ack' })
  return socket
}

function subscribe(socket: TestSocket, id: string, variables: Readonly<Record<string, unknown>> = {}): void {
  socket.send({ id, type: 'subscribe', payload: { query: CHANGES, variables } })
}

const tell = (message: unknown) =>
  `${String(at(message, 'id'))} ${String(at(message, 'payload.data.changes.operation'))} ${String(at(message, 'payload.data.changes.recordId'))}`

describe('a WebSocket (graphql-ws)', () => {
  it('sends changes to several subscriptions, and answers queries and mutations too', async () => {
    const socket = await admitted(app.as('member').token)
    const after = await logEnd(app)
    subscribe(socket, 'all', { after })
    subscribe(socket, 'tasks', { after, filter: { types: ['Task'] } })
    socket.send({ id: 'q', type: 'subscribe', payload: { query: '{ viewer { workspace { slug } } }' } })
    expect(await socket.next()).toMatchObject({
      id: 'q',
      type: 'next',
      payload: { data: { viewer: { workspace: { slug: 'acme' } } } },
    })
    expect(await socket.next()).toEqual({ id: 'q', type: 'complete' })
    socket.send({
      id: 'm',
      type: 'subscribe',
      payload: { query: 'mutation { createTask(input: { title: "Socket" }) { task { id } } }' },
    })
    const account = await addAccount(app.as('member'), { name: 'Socket' })
    // The mutation, its end, and three events.
    const messages = [
      await socket.next(),
      await socket.next(),
      await socket.next(),
      await socket.next(),
      await socket.next(),
    ]
    const task = textAt(
      messages.find((message) => at(message, 'id') === 'm'),
      'payload.data.createTask.task.id',
    )
    const told = messages.filter((message) => at(message, 'type') === 'next' && at(message, 'id') !== 'm').map(tell)
    expect(told.filter((line) => line.startsWith('tasks'))).toEqual([`tasks CREATED ${task}`])
    expect(told.filter((line) => line.startsWith('all')).toSorted()).toEqual(
      [`all CREATED ${task}`, `all CREATED ${account.id}`].toSorted(),
    )
    socket.send({ id: 'all', type: 'complete' })
    await setDeleted(app.as('member'), 'delete', 'Account', account)
    await logSettled(app)
    expect((await socket.drain(300)).filter((message) => at(message, 'id') === 'all')).toEqual([])
    socket.close()
  })

  it('sends the missed changes to a client that lost its connection and sends its last cursor', async () => {
    const token = app.as('reader').token
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
      retryAttempts: 0,
    })
    const before = client.iterate({ query: CHANGES, variables: { after: await logEnd(app) } }).next()
    const made = await addTask(app.as('member'), { title: 'Before' })
    const event = (await before).value
    expect(at(event, 'data.changes.recordId')).toBe(made.id)
    client.terminate()
    const missed = [
      await addTask(app.as('member'), { title: 'Missed 1' }),
      await addTask(app.as('member'), { title: 'Missed 2' }),
    ]
    const again = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
    })
    const stream = again.iterate({ query: CHANGES, variables: { after: at(event, 'data.changes.cursor') } })
    for (const { id } of missed) expect(at((await stream.next()).value, 'data.changes.recordId')).toBe(id)
    await again.dispose()
    await client.dispose()
  })

  it.each([
    ['no credential', null],
    ['an invalid credential', 'nonsense'],
  ])('closes with the code 4403 for %s', async (_, token) => {
    const socket = await connect(token)
    expect(await socket.closed).toMatchObject({ code: 4403 })
  })

  it('closes with the code 4401 when a client subscribes before its credential is accepted', async () => {
    const socket = await openSocket(url)
    subscribe(socket, 'early')
    expect(await socket.closed).toMatchObject({ code: 4401 })
  })

  it('closes with the code 4403 when the token expires, without a complete message', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 10 }, async () => admitted(await shortToken(app, app.as('reader').actor, 3))),
    )
    const after = await logEnd(app)
    for (const socket of sockets) subscribe(socket, 's', { after })
    const account = await addAccount(app.as('member'), { name: 'Before the end' })
    for (const socket of sockets) {
      expect(tell(await socket.next())).toBe(`s CREATED ${account.id}`)
      expect(await socket.closed).toMatchObject({ code: 4403 })
      expect(await socket.drain(10)).toEqual([])
    }
  })

  it('answers an invalid request with an error code, and stays open', async () => {
    const socket = await admitted(app.as('reader').token)
    const deep = `${'{ account(id: "x") { parent '.repeat(100)}{ id }${' } }'.repeat(100)}`
    for (const [id, query, code] of [
      ['unknown', 'subscription { nothing { id } }', 'BAD_USER_INPUT'],
      ['unparsable', 'subscription {', 'BAD_USER_INPUT'],
      ['cursor', 'subscription { changes(after: "nonsense") { cursor } }', 'BAD_USER_INPUT'],
      ['deep', deep, 'QUERY_TOO_COMPLEX'],
      ['forbidden', 'mutation { createTask(input: { title: "No" }) { task { id } } }', 'FORBIDDEN'],
    ]) {
      socket.send({ id, type: 'subscribe', payload: { query } })
      const message = await socket.next()
      const errors = at(message, 'payload.errors') ?? at(message, 'payload')
      expect([id, at(errors, '0.extensions.code')]).toEqual([id, code])
      await socket.drain(20)
    }
    socket.send({ id: 'alive', type: 'subscribe', payload: { query: '{ __typename }' } })
    expect(await socket.next()).toMatchObject({ id: 'alive', type: 'next' })
    socket.close()
  })

  it('closes without a complete message when the server shuts down', async () => {
    const server = await createApp({ databaseUrl: app.databaseUrl })
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const socket = await openSocket(address.url.replace('http:', 'ws:'))
    socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('reader').token}` } })
    await socket.next()
    subscribe(socket, 's')
    await socket.drain(100)
    await server.close()
    expect(await socket.closed).toMatchObject({ code: 1001 })
    expect(await socket.drain(10)).toEqual([])
  })

  it('sends nothing of another workspace', async () => {
    const socket = await admitted(app.as('admin', 'globex').token)
    subscribe(socket, 's')
    await addAccount(app.as('member'), { name: 'Not theirs' })
    await logSettled(app)
    expect(await socket.drain(300)).toEqual([])
    socket.close()
  })
})
