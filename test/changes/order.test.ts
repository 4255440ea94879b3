import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { at, listAt, textAt, textsAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logEnd, logSettled } from '../support/log.ts'
import { addAccount, addContact, addTask, setDeleted } from '../support/records.ts'
import { openStream, operationsOf } from '../support/sse.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const CHANGES =
  'subscription ($filter: ChangeFilter, $after: String) { changes(filter: $filter, after: $after) { cursor at operation type recordId changedFields actor { displayName } record { __typename ... on Account { name version } } } }'
const SINCE =
  'query ($after: String, $first: Int) { changes(after: $after, first: $first) { nodes { cursor operation recordId } pageInfo { hasNextPage endCursor } } }'
const UPDATE = 'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { version } } }'

describe('the `changes` subscription', () => {
  it('sends every write once, in order, with its operation, changed fields and actor', async () => {
    const stream = await openStream(app, app.as('reader'), CHANGES)
    const made = await addAccount(app.as('member'), { name: 'One', industry: 'Retail' })
    await app.as('admin').must(UPDATE, { input: { id: made.id, version: 1, name: 'Two' } })
    const gone = await setDeleted(app.as('member'), 'delete', 'Account', { id: made.id, version: 2 })
    await setDeleted(app.as('member'), 'restore', 'Account', gone)
    const events = [await stream.next(), await stream.next(), await stream.next(), await stream.next()]
    expect(operationsOf(events)).toEqual(
      ['CREATED', 'UPDATED', 'DELETED', 'RESTORED'].map((operation) => `${operation} ${made.id}`),
    )
    expect(at(events[0], 'data.changes')).toMatchObject({
      type: 'Account',
      changedFields: ['name', 'industry'],
      actor: { displayName: 'Member' },
      record: { __typename: 'Account' },
    })
    expect(at(events[1], 'data.changes')).toMatchObject({ changedFields: ['name'], actor: { displayName: 'admin' } })
    expect(new Set(events.map((event) => at(event, 'data.changes.cursor'))).size).toBe(4)
    expect(await stream.drain(150)).toEqual([])
    stream.close()
  })

  it('sends the changes that a client has missed, in order, from any cursor', async () => {
    const start = await logEnd(app)
    const made = []
    for (let index = 0; index < 5; index++) made.push(await addTask(app.as('member'), { title: `Task ${index}` }))
    await logSettled(app)
    const page = listAt(await app.as('reader').must(SINCE, { after: start }), 'changes.nodes')
    expect(page.map((change) => at(change, 'recordId'))).toEqual(made.map(({ id }) => id))
    for (const [index, change] of page.entries()) {
      const stream = await openStream(app, app.as('reader'), CHANGES, { after: at(change, 'cursor') })
      const rest = made.slice(index + 1).map(({ id }) => `CREATED ${id}`)
      expect(operationsOf(await stream.following(rest.length, 150))).toEqual(rest)
      stream.close()
    }
  })

  it('loses and repeats no change across disconnects and a restart of the server while 8 clients write', async () => {
    const start = await logEnd(app)
    let isWriting = true
    const acknowledged: string[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; isWriting && index < 40; index++)
        acknowledged.push((await addTask(app.as('member'), { title: `W${writer} ${index}` })).id)
    })
    const done = Promise.all(writers)
    const seen: unknown[] = []
    for (let visit = 0; visit < 6; visit++) {
      // Every other visit is to another server on the same database, as after a restart.
      const server = visit % 2 === 0 ? app : await createApp({ databaseUrl: app.databaseUrl })
      const after = seen.length > 0 ? at(seen.at(-1), 'data.changes.cursor') : start
      const stream = await openStream(server, app.as('reader'), CHANGES, { after })
      const wanted = 10 + visit * 5
      for (let index = 0; index < wanted; index++) {
        const event = await stream.next().catch(() => null)
        if (!event) break
        seen.push(event)
      }
      stream.close()
      if (server !== app && 'listen' in server) await server.close()
    }
    isWriting = false
    await done
    await logSettled(app)
    const last = await openStream(app, app.as('reader'), CHANGES, { after: at(seen.at(-1), 'data.changes.cursor') })
    seen.push(...(await last.following(acknowledged.length - seen.length, 150)))
    last.close()
    const ids = seen.map((event) => textAt(event, 'data.changes.recordId'))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(acknowledged.toSorted())
    // The polling list has the same order.
    const polled: string[] = []
    for (let after: unknown = start; ; ) {
      const page = await app.as('reader').must(SINCE, { after, first: 200 })
      polled.push(...textsAt(page, 'changes.nodes', 'recordId'))
      after = at(page, 'changes.pageInfo.endCursor')
      if (at(page, 'changes.pageInfo.hasNextPage') === false) break
    }
    expect(ids).toEqual(polled)
  })

  it('holds a change back until a transaction that began earlier commits, and then sends the changes of both in log order', async () => {
    const { ownerPool } = app.database
    const { workspaceId, id: actorId } = app.as('admin').actor
    const stream = await openStream(app, app.as('reader'), CHANGES)
    const slow = await ownerPool.connect()
    try {
      await slow.query('begin')
      await slow.query(
        `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields) values ($1, $2, 'UPDATED', 'Contact', gen_random_uuid(), '{lastName}')`,
        [workspaceId, actorId],
      )
      const later = await addAccount(app.as('member'), { name: 'Commits first' })
      expect(await stream.drain(150)).toEqual([])
      const polled = await app
        .as('reader')
        .must('query ($ids: [ID!]) { changes(filter: { recordIds: $ids }) { totalCount } }', { ids: [later.id] })
      expect(at(polled, 'changes.totalCount')).toBe(0)
      await slow.query('commit')
      const events = [await stream.next(), await stream.next()]
      expect(events.map((event) => at(event, 'data.changes.type'))).toEqual(['Contact', 'Account'])
      expect(at(events[1], 'data.changes.recordId')).toBe(later.id)
    } finally {
      slow.release()
      stream.close()
    }
  })

  it('sends only changes that match the filter', async () => {
    const account = await addAccount(app.as('member'), { name: 'Watched' })
    // A stream begins where the log is settled: while another transaction runs, this write would still be sent.
    await logSettled(app)
    const filters = [
      { types: ['Contact'] },
      { recordIds: [account.id] },
      { operations: ['DELETED'] },
      { types: ['Account'], operations: ['CREATED'], recordIds: [account.id] },
      { types: [] },
      { recordIds: ['nonsense'] },
    ]
    const streams = await Promise.all(filters.map((filter) => openStream(app, app.as('reader'), CHANGES, { filter })))
    const contact = await addContact(app.as('member'), { lastName: 'Filter' })
    await app.as('member').must(UPDATE, { input: { id: account.id, version: 1, name: 'Seen' } })
    await setDeleted(app.as('member'), 'delete', 'Contact', contact)
    await logSettled(app)
    const wanted = [
      [`CREATED ${contact.id}`, `DELETED ${contact.id}`],
      [`UPDATED ${account.id}`],
      [`DELETED ${contact.id}`],
      [],
      [],
      [],
    ]
    const events = await Promise.all(
      streams.map(async (stream, index) => operationsOf(await stream.following(wanted[index]?.length ?? 0, 300))),
    )
    for (const stream of streams) stream.close()
    expect(events).toEqual(wanted)
  })

  it('refuses a malformed cursor', async () => {
    for (const after of [
      'nonsense',
      '',
      Buffer.from('["log","x","y"]').toString('base64url'),
      Buffer.from('["log","99999999999999999999","1"]').toString('base64url'),
    ]) {
      const stream = await openStream(app, app.as('reader'), CHANGES, { after })
      const event = await stream.next()
      expect([after, listAt(event, 'errors').map((error) => at(error, 'extensions.code'))]).toEqual([
        after,
        ['BAD_USER_INPUT'],
      ])
      stream.close()
    }
  })
})
