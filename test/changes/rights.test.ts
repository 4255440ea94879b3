import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { at, errorCodes, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addCaller } from '../support/caller.ts'
import { logEnd, logSettled } from '../support/log.ts'
import { addAccount, setDeleted } from '../support/records.ts'
import { openAdmitted, type TestSocket } from '../support/socket.ts'
import { openStream, operationsOf } from '../support/sse.ts'
import { shortToken } from '../support/tokens.ts'
import { LOSSES } from './losses.ts'

let app: TestApp
let url: string

beforeAll(async () => {
  app = await createTestApp()
  url = (await app.listen()).webSocketUrl
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor operation recordId } }'
const CHANGES_OF =
  'subscription ($after: String, $ids: [ID!]) { changes(after: $after, filter: { recordIds: $ids }) { operation } }'
const LIMIT_MS = 5_000

function subscribe(socket: TestSocket, after: string, query = CHANGES): void {
  socket.send({ id: 's', type: 'subscribe', payload: { query, variables: { after } } })
}

const codeOf = (event: unknown) => at(event, 'errors.0.extensions.code')

/** Waits for the end of a stream, and fails after `LIMIT_MS`. Returns how long it took, in milliseconds. */
async function within(ended: Promise<unknown>, since = performance.now()): Promise<number> {
  const late = new AbortController()
  const limit = sleep(LIMIT_MS, null, { signal: late.signal }).then(
    () => Promise.reject(new Error(`The stream did not end within ${LIMIT_MS} ms.`)),
    () => undefined,
  )
  await Promise.race([ended, limit])
  late.abort()
  return performance.now() - since
}

beforeAll(async () => {
  await addAccount(app.as('member'), { name: 'First' })
})

describe.each(LOSSES)('when $name', ({ caller: makeCaller, lose, code }) => {
  it('the caller’s streams end before they send a later change, and a client with a new credential resumes without loss', async () => {
    const caller = await makeCaller(app)
    const after = await logEnd(app)
    const [stream, socket] = await Promise.all([
      openStream(app, app.withCredential(caller.token), CHANGES, { after }),
      openAdmitted(url, caller.token),
    ])
    subscribe(socket, after)
    const seen = await addAccount(app.as('member'), { name: 'Before' })
    const event = await stream.next()
    expect(operationsOf([event])).toEqual([`CREATED ${seen.id}`])
    expect(at(await socket.next(), 'payload.data.changes.recordId')).toBe(seen.id)

    await lose(app, caller)
    const missed = [
      await addAccount(app.as('member'), { name: 'Missed 1' }),
      await addAccount(app.as('member'), { name: 'Missed 2' }),
    ]
    expect(codeOf(await stream.next())).toBe(code)
    await within(stream.ended)
    expect(await stream.drain(10)).toEqual([])
    const closed = socket.closed
    await within(closed)
    expect(await closed).toMatchObject({ code: 4403 })
    expect(await socket.drain(10)).toEqual([])

    await logSettled(app)
    const other = await addCaller(app)
    const again = await openStream(app, app.withCredential(other.token), CHANGES, {
      after: at(event, 'data.changes.cursor'),
    })
    expect(operationsOf(await again.following(missed.length, 100))).toEqual(missed.map(({ id }) => `CREATED ${id}`))
    again.close()
  })
})

describe('without a notification to the server', () => {
  it.concurrent.each(LOSSES)(
    'the caller’s streams end within 5 s when $name',
    async ({ caller: makeCaller, lose, code }) => {
      const caller = await makeCaller(app)
      const account = await addAccount(app.as('member'), { name: 'Followed' })
      const after = await logEnd(app)
      const [stream, socket] = await Promise.all([
        openStream(app, app.withCredential(caller.token), CHANGES_OF, { after, ids: [account.id] }),
        openAdmitted(url, caller.token),
      ])
      const variables = { after, ids: [account.id] }
      socket.send({ id: 's', type: 'subscribe', payload: { query: CHANGES_OF, variables } })
      await setDeleted(app.as('admin'), 'delete', 'Account', account)
      // The creation comes too, where a transaction of another test held the end of the log back.
      while (at(await stream.next(), 'data.changes.operation') !== 'DELETED');
      while (at(await socket.next(), 'payload.data.changes.operation') !== 'DELETED');
      const since = performance.now()
      await lose(app, caller)
      await Promise.all([within(stream.ended, since), within(socket.closed, since)])
      expect((await stream.drain(10)).map(codeOf)).toEqual([code])
      expect(await socket.closed).toMatchObject({ code: 4403 })
      expect(await socket.drain(10)).toEqual([])
    },
  )

  it.concurrent('the caller’s streams end within 5 s when the workspace is deleted', async () => {
    const { ownerPool } = app.database
    const { workspaceId, adminId } = await createWorkspace(ownerPool, {
      slug: 'gone',
      adminEmail: 'admin@gone.example',
    })
    const token = await shortToken(app, { id: adminId, workspaceId, email: 'admin@gone.example' }, 3_600)
    const after = await logEnd(app)
    const [stream, socket] = await Promise.all([
      openStream(app, app.withCredential(token), CHANGES, { after }),
      openAdmitted(url, token),
    ])
    subscribe(socket, after)
    await addAccount(app.withCredential(token), { name: 'Seen' })
    await Promise.all([stream.next(), socket.next()])
    await ownerPool.query('delete from workspaces where id = $1', [workspaceId])
    await Promise.all([within(stream.ended), within(socket.closed)])
    expect((await stream.drain(10)).map(codeOf)).toEqual(['UNAUTHENTICATED'])
    expect(await socket.closed).toMatchObject({ code: 4403 })
  })

  it.concurrent('a stream sends a change within 5 s', async () => {
    const { workspaceId, id } = app.as('admin', 'globex').actor
    const stream = await openStream(app, app.as('reader', 'globex'), CHANGES, { after: await logEnd(app) })
    await addAccount(app.as('admin', 'globex'), { name: 'Seen' })
    await stream.next()
    await app.database.ownerPool.query(
      `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields) values ($1, $2, 'UPDATED', 'Contact', gen_random_uuid(), '{lastName}')`,
      [workspaceId, id],
    )
    expect(at(await stream.next(LIMIT_MS), 'data.changes.operation')).toBe('UPDATED')
    stream.close()
  })
})

it('a stream of server-sent events ends with UNAUTHENTICATED when its token expires, and a new stream resumes after the last cursor', async () => {
  const caller = await addCaller(app, 'USER', 8)
  const stream = await openStream(app, app.withCredential(caller.token), CHANGES, { after: await logEnd(app) })
  const seen = await addAccount(app.as('member'), { name: 'Before the end' })
  const event = await stream.next()
  expect(event).toMatchObject({ data: { changes: { operation: 'CREATED', recordId: seen.id } } })
  expect(codeOf(await stream.next(2 * LIMIT_MS))).toBe('UNAUTHENTICATED')
  await within(stream.ended)
  const missed = await addAccount(app.as('member'), { name: 'After the end' })
  const again = await openStream(app, app.as('reader'), CHANGES, { after: at(event, 'data.changes.cursor') })
  expect(operationsOf([await again.next()])).toEqual([`CREATED ${missed.id}`])
  again.close()
}, 20_000)

it('a WebSocket without a stream is closed at its next request after its user is suspended', async () => {
  const caller = await addCaller(app)
  const socket = await openAdmitted(url, caller.token)
  await app.database.ownerPool.query('update actors set is_active = false where workspace_id = $1 and id = $2', [
    caller.workspaceId,
    caller.id,
  ])
  subscribe(socket, '', '{ viewer { actor { id } } }')
  expect(await socket.closed).toMatchObject({ code: 4403 })
  expect(await socket.drain(10)).toEqual([])
  expect(errorCodes(await app.withCredential(caller.token).query('{ __typename }'))).toEqual(['UNAUTHENTICATED'])
})

it('the graphql-ws client connects again by itself, and with a new credential and the last cursor misses no change', async () => {
  const tokens = [(await addCaller(app)).token]
  const variables = { after: await logEnd(app) }
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ Authorization: `Bearer ${tokens.at(-1)}` }),
    retryWait: () => sleep(20),
  })
  const seen: string[] = []
  const stop = client.subscribe(
    { query: CHANGES, variables },
    {
      next(event) {
        variables.after = textAt(event, 'data.changes.cursor')
        seen.push(textAt(event, 'data.changes.recordId'))
      },
      error: (error) => seen.push(`error ${String(error)}`),
      complete: () => seen.push('complete'),
    },
  )
  const written: string[] = []
  for (let turn = 0; turn < 5; turn++) {
    const caller = await addCaller(app)
    tokens.push(caller.token)
    written.push((await addAccount(app.as('member'), { name: 'Before' })).id)
    await expect.poll(() => seen, { timeout: LIMIT_MS }).toEqual(written)
    await app.database.ownerPool.query('update actors set is_active = false where display_name = $1 and id <> $2', [
      'Caller',
      caller.id,
    ])
    written.push((await addAccount(app.as('member'), { name: 'Missed' })).id)
    await expect.poll(() => seen, { timeout: LIMIT_MS }).toEqual(written)
  }
  stop()
  await client.dispose()
})
