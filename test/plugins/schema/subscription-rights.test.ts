import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addCaller, type Caller } from '../../support/caller.ts'
import { logEnd, logSettled } from '../../support/log.ts'
import { addAccount, setDeleted } from '../../support/records.ts'
import { openAdmitted } from '../../support/socket.ts'
import { openStream } from '../../support/sse.ts'
import { shortToken } from '../../support/tokens.ts'
import { setActivation } from '../background/shipping.ts'
import { lingering, signals } from './signals-plugin.ts'

let app: TestApp
let url: string
beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: signals }] })
  url = (await app.listen()).webSocketUrl
  await addAccount(app.as('member'), { name: 'First' })
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const SIGNALS =
  'subscription ($prefix: String, $after: String) { accountSignalled(prefix: $prefix, after: $after) { cursor value { name } } }'
const TOUCHED = 'subscription ($after: String) { accountTouched(after: $after) { cursor value { name } } }'
const nameOf = (event: unknown) =>
  at(event, 'data.accountSignalled.value.name') ?? at(event, 'data.accountTouched.value.name')
const codeOf = (event: unknown) => at(event, 'errors.0.extensions.code')
const strikes = async () => {
  const { rows } = await app.database.ownerPool.query<{ strikes: number }>(
    'select strikes from plugin_activations where workspace_id = $1',
    [app.as('admin').actor.workspaceId],
  )
  return rows[0]?.strikes
}

/** Creates a caller with these permissions. */
async function callerWith(...permissions: string[]): Promise<Caller> {
  const caller = await addCaller(app)
  await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [caller.roleId, permissions])
  return caller
}

describe('a subscription of a plugin whose code fails for a change', () => {
  it('sends an event without a value and with an error, and goes on with the next change', async () => {
    const before = await strikes()
    const stream = await openStream(app, app.as('reader'), SIGNALS, { prefix: 'This' })
    await addAccount(app.as('member'), { name: 'This fails' })
    await addAccount(app.as('member'), { name: 'This works' })
    const failed = await stream.next()
    expect(failed).toMatchObject({
      data: { accountSignalled: { cursor: expect.any(String), value: null } },
      errors: [{ path: ['accountSignalled', 'value'], extensions: { code: 'PLUGIN_FAILED', plugin: 'signals' } }],
    })
    expect(JSON.stringify(failed)).not.toContain('No signal for')
    expect(nameOf(await stream.next())).toBe('This works')
    expect(await strikes()).toBe(before)
    const again = await openStream(app, app.as('reader'), SIGNALS, {
      prefix: 'This',
      after: textAt(failed, 'data.accountSignalled.cursor'),
    })
    expect(nameOf(await again.next())).toBe('This works')
    stream.close()
    again.close()
  })

  it('counts a strike when its code takes too long, and goes on', async () => {
    const before = Number(await strikes())
    const stream = await openStream(app, app.as('reader'), SIGNALS, { prefix: 'That' })
    await addAccount(app.as('member'), { name: 'That hangs' })
    await addAccount(app.as('member'), { name: 'That comes' })
    expect(await stream.next()).toMatchObject({
      data: { accountSignalled: { value: null } },
      errors: [{ extensions: { code: 'PLUGIN_FAILED' } }],
    })
    expect(await strikes()).toBe(before + 1)
    expect(nameOf(await stream.next())).toBe('That comes')
    stream.close()
  })
})

describe('a subscription of a plugin', () => {
  it('sends no event for a record that the caller may not see, also where the plugin’s code does not check it', async () => {
    const caller = await callerWith('change:read', 'account:read@own')
    const after = await logEnd(app)
    const stream = await openStream(app, caller.token, TOUCHED, { after })
    await addAccount(app.as('member'), { name: 'Not theirs' })
    await addAccount(app.as('member'), { name: 'Theirs', ownerId: encodeId('user', caller.id) })
    expect(nameOf(await stream.next())).toBe('Theirs')
    stream.close()
  })

  it('sends no event whose value is a record that is soft-deleted meanwhile', async () => {
    const stream = await openStream(app, app.as('reader'), TOUCHED)
    const made = await addAccount(app.as('member'), { name: 'Gone' })
    expect(nameOf(await stream.next())).toBe('Gone')
    await setDeleted(app.as('member'), 'delete', 'Account', made)
    await addAccount(app.as('member'), { name: 'Stays' })
    expect(nameOf(await stream.next())).toBe('Stays')
    stream.close()
  })

  it('reads the returned record with the permissions of the caller on its fields', async () => {
    const caller = await callerWith('change:read', 'account:read@own', 'account.name:read')
    const document = 'subscription { accountTouched { value { name annualRevenue { amount } } } }'
    const stream = await openStream(app, caller.token, document)
    const annualRevenue = { amount: '5', currency: 'EUR' }
    const ownerId = encodeId('user', caller.id)
    await addAccount(app.as('member'), { name: 'Of others', annualRevenue })
    await addAccount(app.as('member'), { name: 'Own', annualRevenue, ownerId })
    const values = [await stream.next(), await stream.next()].map((event) => at(event, 'data.accountTouched.value'))
    expect(values).toEqual([
      { name: 'Of others', annualRevenue: null },
      { name: 'Own', annualRevenue: { amount: expect.stringMatching(/^5/) } },
    ])
    stream.close()
  })

  it('refuses the value to a caller who may not read a field that they select of it', async () => {
    const caller = await callerWith('change:read', 'account.name:read')
    const stream = await openStream(
      app,
      caller.token,
      'subscription { accountTouched { value { annualRevenue { amount } } } }',
    )
    await addAccount(app.as('member'), { name: 'Secret' })
    expect(await stream.next()).toMatchObject({
      data: { accountTouched: { value: null } },
      errors: [{ path: ['accountTouched', 'value'], extensions: { code: 'FORBIDDEN' } }],
    })
    stream.close()
  })

  it('is refused to a caller without its permission, or without the permission to read the log', async () => {
    for (const permissions of [['change:read', 'contact:read'], ['account:read']]) {
      const caller = await callerWith(...permissions)
      const stream = await openStream(app, caller.token, TOUCHED)
      expect(codeOf(await stream.next())).toBe('FORBIDDEN')
    }
  })

  it('ends when the rights of the caller change, before it sends another event', async () => {
    const caller = await callerWith('change:read', 'account:read')
    const after = await logEnd(app)
    const [stream, socket] = await Promise.all([
      openStream(app, caller.token, TOUCHED, { after }),
      openAdmitted(url, caller.token),
    ])
    socket.send({ id: 's', type: 'subscribe', payload: { query: TOUCHED, variables: { after } } })
    await addAccount(app.as('member'), { name: 'Before' })
    expect(nameOf(await stream.next())).toBe('Before')
    expect(await socket.next()).toMatchObject({ type: 'next' })
    await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [
      caller.roleId,
      ['change:read', 'contact:read'],
    ])
    await addAccount(app.as('member'), { name: 'After' })
    expect(codeOf(await stream.next())).toBe('RIGHTS_CHANGED')
    await stream.ended
    expect(await socket.closed).toMatchObject({ code: 4403 })
  })

  it('ends without the event when the rights change while the code of the plugin works on it', async () => {
    const caller = await callerWith('change:read', 'account:read')
    const stream = await openStream(app, caller.token, SIGNALS, { prefix: 'It lingers' })
    await addAccount(app.as('member'), { name: 'It lingers' })
    await lingering.promise
    await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [
      caller.roleId,
      ['change:read', 'contact:read'],
    ])
    expect(codeOf(await stream.next())).toBe('RIGHTS_CHANGED')
    await stream.ended
  })

  it('ends when the credential of the caller expires', async () => {
    const token = await shortToken(app, app.as('reader').actor, 2)
    const stream = await openStream(app, token, TOUCHED)
    await stream.ended
    expect(codeOf(await stream.next())).toBe('UNAUTHENTICATED')
  })

  it('ends when the workspace disables the plugin, and then no longer exists', async () => {
    const stream = await openStream(app, app.as('reader'), TOUCHED)
    const elsewhere = await openStream(app, app.as('reader', 'globex'), TOUCHED)
    await app
      .as('admin')
      .must<unknown, object>('mutation { disablePlugin(input: { pluginId: "signals" }) { userErrors { message } } }')
    expect(at(await stream.next(), 'errors.0.extensions')).toEqual({ code: 'PLUGIN_DISABLED', plugin: 'signals' })
    await stream.ended
    const refused = await openStream(app, app.as('reader'), TOUCHED)
    expect(textAt(await refused.next(), 'errors.0.message')).toContain('Cannot query field "accountTouched"')
    await addAccount(app.as('member', 'globex'), { name: 'Elsewhere' })
    expect(nameOf(await elsewhere.next())).toBe('Elsewhere')
    elsewhere.close()
    await setActivation(app, app.as('admin').actor.workspaceId, 'ENABLED')
  })
})
