import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount } from '../../support/records.ts'
import { openSocket } from '../../support/socket.ts'
import { openStream, operationsOf } from '../../support/sse.ts'
import { setActivation, shipping } from './shipping.ts'

let app: TestApp
let workspaceId: string
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shipping({}) }] })
  workspaceId = app.as('member').actor.workspaceId
})
afterAll(() => app.close())
// Otherwise a stream could also return earlier changes, because transactions of other test files delay the log.
beforeEach(() => logSettled(app))

const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor operation recordId } }'
const LOST = { code: 'PLUGIN_DISABLED', plugin: 'shipping' }

describe('a subscription that began while a plugin was in use', () => {
  it('ends with the error PLUGIN_DISABLED when the workspace disables the plugin', async () => {
    const [stream, other] = await Promise.all([
      openStream(app, app.as('reader'), CHANGES),
      openStream(app, app.as('reader', 'globex'), CHANGES),
    ])
    const account = await addAccount(app.as('member'), { name: 'Before' })
    expect(operationsOf([await stream.next()])).toEqual([`CREATED ${account.id}`])
    await app
      .as('admin')
      .must<unknown, object>('mutation { disablePlugin(input: { pluginId: "shipping" }) { userErrors { message } } }')
    const last = await stream.next()
    expect(at(last, 'errors.0.extensions')).toEqual(LOST)
    expect(textAt(last, 'errors.0.message')).toContain('shipping')
    await stream.ended
    const elsewhere = await addAccount(app.as('member', 'globex'), { name: 'Elsewhere' })
    expect(operationsOf([await other.next()])).toEqual([`CREATED ${elsewhere.id}`])
    other.close()
    await setActivation(app, workspaceId, 'ENABLED')
  })

  it('ends over a WebSocket, which stays open, when the plugin goes into quarantine', async () => {
    const { webSocketUrl } = await app.listen()
    const socket = await openSocket(webSocketUrl)
    socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${app.as('reader').token}` } })
    expect(await socket.next()).toEqual({ type: 'connection_ack' })
    const page = await app.as('reader').must<unknown, object>('{ changes(first: 1) { edges { cursor } } }')
    const subscribe = (id: string, after: string) =>
      socket.send({ id, type: 'subscribe', payload: { query: CHANGES, variables: { after } } })
    await addAccount(app.as('member'), { name: 'On the socket' })
    subscribe('1', textAt(page, 'changes.edges.0.cursor'))
    expect(await socket.next()).toMatchObject({ type: 'next', id: '1' })
    await socket.drain(500)
    await setActivation(app, workspaceId, 'QUARANTINED')
    app.runtime.feed.announce(workspaceId)
    const last = await socket.next()
    expect(at(last, 'payload.errors.0.extensions')).toEqual(LOST)
    expect(await socket.next()).toEqual({ type: 'complete', id: '1' })
    subscribe('2', textAt(page, 'changes.edges.0.cursor'))
    expect(await socket.next()).toMatchObject({ type: 'next', id: '2' })
    socket.close()
  })
})
