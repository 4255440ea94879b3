import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineHandler } from '../../../src/platform/declare/handler.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import {
  findDue,
  handlersOf,
  skipUnmatchedChanges,
} from '../../../src/platform/plugins/background/handler-positions.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount, addContact } from '../../support/records.ts'
import { backgroundOf, shipping } from './shipping.ts'

let app: TestApp
let workspaceId: string
const seen: string[] = []

const watch = defineHandler({
  name: 'shipping.watch',
  description: 'Notes the accounts.',
  on: { types: ['Account'] },
  async handle({ recordId }) {
    seen.push(recordId)
  },
})

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shipping({ handlers: [watch] }) }] })
  workspaceId = app.as('member').actor.workspaceId
})
afterAll(() => app.close())

const due = (workspaceIds: readonly string[] | null) =>
  findDue(app.database.ownerPool, handlersOf(app.host.loaded), workspaceIds)

describe('the position of a handler in the log', () => {
  it('waits for a transaction that began earlier and commits later, so that the handler gets its changes', async () => {
    const early = '00000000-0000-7000-8000-000000000001'
    const client = await app.database.ownerPool.connect()
    try {
      await client.query('begin')
      await client.query(
        `insert into changes (workspace_id, actor_id, operation, type, record_id, changed_fields)
         values ($1, $2, 'CREATED', 'Account', $3, '{}')`,
        [workspaceId, app.as('member').actor.id, early],
      )
      await addAccount(app.as('member'), { name: 'Late' })
      expect(await due([workspaceId])).toEqual({ due: [], isPending: true })
      await client.query('commit')
    } finally {
      client.release()
    }
    await deliverAll(backgroundOf(app))
    expect(seen).toHaveLength(2)
    expect(seen[0]).toBe(early)
  })

  it('moves past changes of objects that the handler does not name, but not past changes that it has yet to handle', async () => {
    const place = async () => {
      const { rows } = await app.database.ownerPool.query<{ xid: string }>(
        'select xid from plugin_handlers where workspace_id = $1',
        [workspaceId],
      )
      return BigInt(rows[0]?.xid ?? 0)
    }
    const before = await place()
    await addContact(app.as('member'), { lastName: 'Unseen' })
    await logSettled(app)
    expect((await due(null)).due).toEqual([])
    await skipUnmatchedChanges(app.database.ownerPool, handlersOf(app.host.loaded), null)
    const passed = await place()
    expect(passed).toBeGreaterThan(before)
    await skipUnmatchedChanges(app.database.ownerPool, handlersOf(app.host.loaded), [workspaceId])
    expect(await place()).toBe(passed)
    await addAccount(app.as('member'), { name: 'Seen' })
    await logSettled(app)
    expect((await due(null)).due).toEqual([{ workspaceId, name: 'shipping.watch' }])
    await skipUnmatchedChanges(app.database.ownerPool, handlersOf(app.host.loaded), null)
    expect(await place()).toBe(passed)
  })
})
