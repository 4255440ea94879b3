import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { logSettled } from '../support/log.ts'
import { addAccount, setDeleted } from '../support/records.ts'
import { openStream, operationsOf } from '../support/sse.ts'
import { shortToken } from '../support/tokens.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp()
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const CHANGES = 'subscription { changes { operation recordId } }'
const UPDATE = 'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { version } } }'

describe('a subscription to the changes of one object, such as accountChanged,', () => {
  it('sends changes of records that match the filter, with the current values of each record', async () => {
    const document =
      'subscription ($filter: AccountFilter, $after: String) { accountChanged(filter: $filter, after: $after) { cursor operation recordId account { id name version deletedAt } } }'
    const stream = await openStream(app, app.as('reader'), document, { filter: { industry: { equals: 'Typed' } } })
    await addAccount(app.as('member'), { name: 'Other', industry: 'Else' })
    const made = await addAccount(app.as('member'), { name: 'Mine', industry: 'Typed' })
    const gone = await setDeleted(app.as('member'), 'delete', 'Account', made)
    const events = [await stream.next(), await stream.next()]
    expect(operationsOf(events, 'accountChanged')).toEqual([`CREATED ${made.id}`, `DELETED ${made.id}`])
    expect(at(events[1], 'data.accountChanged.account')).toMatchObject({
      id: made.id,
      name: 'Mine',
      version: gone.version,
      deletedAt: expect.any(String),
    })
    const again = await openStream(app, app.as('reader'), document, {
      after: at(events[0], 'data.accountChanged.cursor'),
      filter: { id: { equals: made.id } },
    })
    expect(operationsOf([await again.next()], 'accountChanged')).toEqual([`DELETED ${made.id}`])
    stream.close()
    again.close()
  })

  it('reads the record again for each event, and so sends the values after that change', async () => {
    const made = await addAccount(app.as('member'), { name: 'v1' })
    // A stream begins where the log is settled: while another transaction runs, this write would still be sent.
    await logSettled(app)
    const stream = await openStream(
      app,
      app.as('reader'),
      'subscription ($f: AccountFilter) { accountChanged(filter: $f) { account { name } } }',
      { f: { id: { equals: made.id } } },
    )
    for (const version of [1, 2, 3]) {
      await app.as('member').must(UPDATE, { input: { id: made.id, version, name: `v${version + 1}` } })
      expect(await stream.next()).toMatchObject({ data: { accountChanged: { account: { name: `v${version + 1}` } } } })
    }
    stream.close()
  })
})

describe('a stream of server-sent events', () => {
  it('ends when the token expires', async () => {
    const token = await shortToken(app, app.as('reader').actor, 2)
    const stream = await openStream(app, app.withCredential(token), CHANGES)
    const account = await addAccount(app.as('member'), { name: 'Before the end' })
    expect(operationsOf([await stream.next()])).toEqual([`CREATED ${account.id}`])
    await Promise.race([stream.ended, sleep(6_000).then(() => Promise.reject(new Error('The stream did not end.')))])
    expect((await app.withCredential(token).query('{ __typename }')).status).toBeOneOf([200, 401])
  })

  it('is refused without a valid token', async () => {
    await expect(openStream(app, app.withCredential('nonsense'), CHANGES)).rejects.toThrow('HTTP 401')
  })

  it('is refused to a caller who may not read the log', async () => {
    await app.database.ownerPool.query(
      `insert into roles (workspace_id, id, name, permissions) values ($1, gen_random_uuid(), 'contacts-only', '{contact:read}')`,
      [app.as('admin').actor.workspaceId],
    )
    await app.database.ownerPool.query(
      `update actor_roles set role_id = (select id from roles where name = 'contacts-only') where actor_id = $1`,
      [app.as('reader').actor.id],
    )
    try {
      const stream = await openStream(app, app.as('reader'), CHANGES)
      const refusals = listAt(await stream.next(), 'errors')
      expect(refusals.map((error) => at(error, 'extensions.code'))).toEqual(['FORBIDDEN'])
      expect(at(refusals[0], 'message')).toMatch(/^Reading Change /)
      expect(errorCodes(await app.as('reader').query('{ changes { totalCount } }'))).toEqual(['FORBIDDEN'])
    } finally {
      await app.database.ownerPool.query(
        `update actor_roles set role_id = (select r.id from roles r where r.name = 'read-only' and r.workspace_id = actor_roles.workspace_id) where actor_id = $1`,
        [app.as('reader').actor.id],
      )
    }
  })
})
