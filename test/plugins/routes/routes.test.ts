import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineRoute } from '../../../src/platform/declare/routes/route.ts'
import { z } from '../../../src/plugin.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestApp } from '../../support/app.ts'
import { captureLog } from '../../support/captured-log.ts'
import { codeOf, type HttpAnswer, sendAs } from '../../support/post.ts'
import { setActivation } from '../background/shipping.ts'
import { accounts, createAccount, type Handle, openShop, orders, postOrder, SIGNED, shop } from './shop.ts'

const { log, lines } = captureLog()
let app: TestApp
let handled: unknown[]
let parsed: unknown[]
let handle: Handle

beforeAll(async () => {
  const route = orders((request, context) => {
    handled.push([request.body, request.headers, request.query.get('from')])
    return handle(request, context)
  })
  const keyless = defineRoute({
    name: 'shop.counted',
    description: 'Does nothing.',
    path: 'counted',
    verify: SIGNED,
    body: z.object({ count: z.int() }).refine((body) => parsed.push(body)),
    handle: () => ({ status: 204 }),
  })
  app = await openShop(shop([route, keyless]), { log })
})
beforeEach(() => {
  handled = []
  parsed = []
  handle = createAccount
})
afterAll(() => app.close())

/** Status, body and content type, by which responses can be compared. */
const told = ({ status, text, headers }: HttpAnswer) => [status, text, headers.get('content-type')]

const strikes = async () => (await app.database.ownerPool.query('select distinct strikes from plugin_activations')).rows

describe('a request to a route', () => {
  it('runs the handler with the parsed body, the declared headers and the query, and writes as the plugin', async () => {
    const answer = await postOrder(
      app,
      { id: 'o-1', account: 'Lovelace Ltd', more: 1 },
      { 'x-order': 'first', 'x-other': 'hidden', 'user-agent': 'Shop/1', 'x-request-id': 'order-1' },
      '/plugins/shop/acme/orders/new?from=web',
    )
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/json; charset=utf-8'])
    expect(handled).toEqual([[{ id: 'o-1', account: 'Lovelace Ltd' }, { 'x-order': 'first' }, 'web']])
    expect(await accounts(app)).toContain('Lovelace Ltd')
    expect(await accounts(app, 'globex')).toEqual([])
    const { rows } = await app.database.ownerPool.query(
      `select a.kind, a.display_name, e.plugin, e.user_agent, e.request_id from audit_entries e
       join actors a on a.workspace_id = e.workspace_id and a.id = e.actor_id where e.type = 'Account'`,
    )
    expect(rows).toEqual([
      { kind: 'PLUGIN', display_name: 'shop', plugin: 'shop', user_agent: 'Shop/1', request_id: 'order-1' },
    ])
  })

  it('composes one schema: that of the plugins which the workspace uses', async () => {
    const composed = vi.spyOn(app.host, 'runtimeOf')
    await postOrder(app, { id: 'o-0' })
    expect(composed.mock.calls).toEqual([[{ plugins: ['shop'] }]])
    composed.mockRestore()
  })

  it('without an idempotency key parses the body once', async () => {
    expect((await postOrder(app, { count: 1 }, {}, '/plugins/shop/acme/counted')).status).toBe(204)
    expect(parsed).toEqual([{ count: 1 }])
    expect((await postOrder(app, { count: 'x' }, {}, '/plugins/shop/acme/counted')).status).toBe(400)
  })

  it('with a body that does not match the schema gets HTTP 400 with the paths of the problems, and does not run', async () => {
    const answer = await postOrder(app, { id: 7, account: '' })
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT'])
    const problems = listAt(answer.json, 'errors.0.extensions.problems')
    expect(problems.map((problem) => at(problem, 'path'))).toEqual([['id'], ['account']])
    expect((await postOrder(app, 'no json')).status).toBe(400)
    expect((await postOrder(app, '['.repeat(100))).status).toBe(400)
    expect(handled).toEqual([])
  })

  it('reaches no record of another workspace', async () => {
    const created = await app
      .as('member', 'globex')
      .must('mutation { createAccount(input: { name: "Of globex" }) { account { id } } }')
    const foreign = textAt(created, 'createAccount.account.id')
    handle = async (_request, { records }) => ({
      status: 200,
      body: {
        found: (await records.find('Account', { first: 1_000 })).map(({ name }) => name),
        got: await records.get('Account', foreign),
      },
    })
    const answer = await postOrder(app, { id: 'o-5' })
    expect(at(answer.json, 'got')).toBeNull()
    expect(listAt(answer.json, 'found')).toContain('Lovelace Ltd')
    expect(listAt(answer.json, 'found')).not.toContain('Of globex')
  })

  it('that throws writes nothing, gets HTTP 500 without details, is logged, and succeeds when it is sent again', async () => {
    handle = async (request, context) => {
      await createAccount(request, context)
      throw new Error('The warehouse is closed.')
    }
    const order = { id: 'o-2', account: 'Twice' }
    const failed = await postOrder(app, order)
    expect([failed.status, codeOf(failed)]).toEqual([500, 'INTERNAL'])
    expect(failed.text).not.toMatch(/warehouse|shop/)
    expect(lines.join('')).toMatch(/"part":"shop.orders".*The warehouse is closed.*A plugin failed/)
    expect(await accounts(app)).not.toContain('Twice')
    handle = createAccount
    expect((await postOrder(app, order)).status).toBe(201)
    expect((await accounts(app)).filter((name) => name === 'Twice')).toHaveLength(1)
    // A sender must not be able to put the plugin into quarantine.
    expect(await strikes()).toEqual([{ strikes: 0 }])
  })

  it.each<[what: string, returned: object, logged: RegExp]>([
    ['no response', {}, /did not return \{ status, body, headers \}/],
    ['an impossible status', { status: 700 }, /status: /],
    ['a cookie', { status: 200, headers: { 'set-cookie': 'a=b' } }, /It set the header \\"set-cookie\\"/],
    ['a page', { status: 200, body: '<p>', headers: { 'content-type': 'text/html' } }, /content type \\"text\/html\\"/],
    ['a line break in a header', { status: 200, headers: { 'x-a': 'b\r\nset-cookie: a=b' } }, /is not visible ASCII/],
    ['a body without content', { status: 204, body: 'text' }, /body with the status 204/],
    ['a body that is not JSON', { status: 200, body: { count: 1n } }, /BigInt/],
    ['too large a body', { status: 200, body: 'x'.repeat(1_000_001) }, /more than 1000000 bytes/],
  ])('whose handler returns %s gets HTTP 500, and nothing is written', async (what, returned, logged) => {
    handle = async (request, context) => {
      await createAccount(request, context)
      // A plugin in JavaScript is not checked by the compiler.
      return Object.assign(JSON.parse('{}'), returned)
    }
    expect((await postOrder(app, { id: what, account: 'Never' })).status).toBe(500)
    expect(lines.join('')).toMatch(logged)
    expect(await accounts(app)).not.toContain('Never')
  })

  it('whose handler computes without end is interrupted after a second, and gets HTTP 500', async () => {
    handle = () => {
      for (;;);
    }
    expect((await postOrder(app, { id: 'endless' })).status).toBe(500)
    expect(lines.join('')).toContain('computed for 1000 ms without waiting')
  })

  it('that needs a permission which the manifest does not name gets HTTP 500, and the permission is logged', async () => {
    handle = async ({ body }, { records }) => {
      await records.create('Task', { title: body.account })
      return { status: 200 }
    }
    expect((await postOrder(app, { id: 'o-3' })).status).toBe(500)
    expect(lines.join('')).toContain("The plugin's permissions lack task:create")
  })

  it('whose handler returns a status of 400 and above is rolled back and not stored', async () => {
    handle = async (request, context) => {
      await createAccount(request, context)
      return { status: 503, body: 'Later.', headers: { 'retry-after': '60' } }
    }
    const later = await postOrder(app, { id: 'o-4', account: 'Later' })
    expect([later.status, later.text, later.headers.get('retry-after')]).toEqual([503, 'Later.', '60'])
    expect(await accounts(app)).not.toContain('Later')
    handle = createAccount
    expect((await postOrder(app, { id: 'o-4', account: 'Later' })).status).toBe(201)
  })
})

describe('a request that is sent again', () => {
  it('gets the stored response with its status and headers, and does not run the handler', async () => {
    handle = async (request, context) => {
      await createAccount(request, context)
      return { status: 202, body: `Order of ${request.body.account}`, headers: { 'x-order-number': '17' } }
    }
    const order = { id: 'again 🔑'.repeat(100), account: 'Again' }
    const [first, second] = [await postOrder(app, order), await postOrder(app, { ...order, attempt: 2 })]
    expect([first.status, first.text, first.headers.get('x-order-number')]).toEqual([202, 'Order of Again', '17'])
    expect(told(second)).toEqual(told(first))
    expect(second.headers.get('x-order-number')).toBe('17')
    expect(handled).toHaveLength(1)
    expect((await accounts(app)).filter((name) => name === 'Again')).toHaveLength(1)
  })

  it('at the same time waits for the first, and runs the handler once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => postOrder(app, { id: 'both', account: 'Both' })))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201))
    expect(handled).toHaveLength(1)
    expect((await accounts(app)).filter((name) => name === 'Both')).toHaveLength(1)
  })

  it('after 30 days runs the handler again', async () => {
    await postOrder(app, { id: 'old', account: 'Old' })
    await app.database.ownerPool.query(
      `update idempotency_keys set created_at = now() - interval '31 days' where key = 'old'`,
    )
    await postOrder(app, { id: 'old', account: 'Old' })
    expect(handled).toHaveLength(2)
  })
})

describe('a request to an address without a route in use', () => {
  it('gets the same HTTP 404 for a disabled plugin, an unknown workspace, plugin, path and method', async () => {
    const body = '{"id":"x"}'
    const globexId = app.as('admin', 'globex').actor.workspaceId
    const unknown = await sendAs(app, '/nowhere', { method: 'POST', body })
    await setActivation(app, globexId, 'DISABLED')
    const answers = [
      await postOrder(app, body, {}, '/plugins/shop/globex/orders/new'),
      await postOrder(app, body, {}, '/plugins/shop/nobody/orders/new'),
      await postOrder(app, body, {}, '/plugins/other/acme/orders/new'),
      await postOrder(app, body, {}, '/plugins/shop/acme/orders'),
      await postOrder(app, body, {}, '/plugins/shop/acme/orders/new/'),
      await postOrder(app, body, {}, `/plugins/shop/${app.as('admin').actor.workspaceId}/orders/new`),
      await sendAs(app, '/plugins/shop/acme/orders/new'),
    ]
    await setActivation(app, globexId, 'QUARANTINED')
    answers.push(await postOrder(app, body, {}, '/plugins/shop/globex/orders/new'))
    await setActivation(app, globexId, 'ENABLED')
    expect(unknown.status).toBe(404)
    expect(answers.map(told)).toEqual(answers.map(() => told(unknown)))
    expect(handled).toEqual([])
  })

  it('costs one statement of the database, also for a plugin that is not installed', async () => {
    const lookUps = vi.spyOn(app.database.ownerPool, 'query')
    await postOrder(app, {}, {}, '/plugins/missing/acme/orders/new')
    expect(lookUps).toHaveBeenCalledTimes(1)
    lookUps.mockRestore()
  })
})
