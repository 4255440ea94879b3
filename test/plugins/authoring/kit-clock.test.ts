import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definePlugin, defineRoute, z } from '../../../src/plugin.ts'
import { createPluginTestApp, errorCodes, type PluginTestApp, textAt } from '../../../src/plugin-testing.ts'

const DAY = 86_400_000

const shop = definePlugin({
  id: 'shop',
  description: 'Takes orders.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:create'],
  routes: [
    defineRoute({
      name: 'shop.order',
      description: 'Takes an order.',
      path: '/orders',
      verify: { scheme: 'none', reason: 'A test.' },
      body: z.object({ id: z.string() }),
      idempotencyKey: ({ body }) => body.id,
      async handle({ body }, { records, now }) {
        const { id } = await records.create('Account', { name: `${body.id} at ${now.toISOString()}` })
        return { status: 201, body: { id } }
      },
    }),
  ],
})

let app: PluginTestApp
beforeAll(async () => {
  app = await createPluginTestApp({ plugins: [{ plugin: shop }], now: new Date('2020-03-01T08:00:00Z') })
})
afterAll(() => app.close())

describe('the clock of the kit decides when expires', () => {
  it('the stored response of a route: after 30 days', async () => {
    const send = async () =>
      (
        await app.send('shop.order', {
          body: JSON.stringify({ id: 'one' }),
          headers: { 'content-type': 'application/json' },
        })
      ).text
    const first = await send()
    app.clock.advance(30 * DAY)
    expect(await send()).toBe(first)
    app.clock.advance(1)
    const again = await send()
    expect(again).not.toBe(first)
    expect(await send()).toBe(again)
  })

  it('the idempotency key of a mutation: after 24 hours, also when it was refused', async () => {
    const create = async (name: string, key: string) =>
      app
        .as('member')
        .query(
          'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { code } } }',
          { name },
          { 'idempotency-key': key },
        )
    const idOf = async (key: string) => textAt((await create('Acme', key)).data, 'createAccount.account.id')
    const first = await idOf('k1')
    expect((await create('', 'k2')).data).toMatchObject({ createAccount: { account: null } })
    app.clock.advance(DAY)
    expect(await idOf('k1')).toBe(first)
    expect(errorCodes(await create('Other', 'k2'))).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    app.clock.advance(1)
    expect(await idOf('k1')).not.toBe(first)
    expect((await create('Other', 'k2')).errors).toEqual([])
  })
})
