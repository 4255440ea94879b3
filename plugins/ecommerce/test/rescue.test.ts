import { at, listAt, type PluginTestApp, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { abandoned, cartEvent, cartOf, DAY, ingest, isoAgo, MINUTE, messagesOf, openApp, pass } from './support.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await openApp()
})
afterAll(() => app.close())

const ago = (minutes: number) => isoAgo(app, minutes)

describe('abandonment', () => {
  it('is found once, also when two nodes look at once', async () => {
    const before = (await app.changes()).length
    await ingest(app, [cartEvent('once', { lastActivityAt: ago(60) }), cartEvent('fresh', { lastActivityAt: ago(59) })])
    await Promise.all([1, 2, 3].map(() => app.runJob('ecommerce.findAbandoned')))
    await app.runJob('ecommerce.findAbandoned')
    expect(await cartOf(app, 'once')).toMatchObject({
      status: 'ABANDONED',
      version: 2,
      abandonedAt: ago(0),
      nextRescueAt: ago(-60),
    })
    expect(await cartOf(app, 'fresh')).toMatchObject({ status: 'OPEN', abandonedAt: null })
    const changes = (await app.changes()).slice(before)
    expect(changes.filter(({ type, operation }) => type === 'Cart' && operation === 'UPDATED')).toHaveLength(1)
  })

  it('is over when the customer comes back', async () => {
    await abandoned(app, 'back')
    await ingest(app, [cartEvent('back', { email: 'back@acme.example', lastActivityAt: ago(0) })])
    expect(await cartOf(app, 'back')).toMatchObject({ status: 'OPEN', abandonedAt: null, nextRescueAt: null })
  })

  it('is in one workspace and not in the other', async () => {
    await ingest(app, [cartEvent('here', { lastActivityAt: ago(90) })])
    await ingest(app, [cartEvent('here', { lastActivityAt: ago(90) })], 'globex')
    await app.runJob('ecommerce.findAbandoned', {}, 'globex')
    expect(await cartOf(app, 'here')).toMatchObject({ status: 'OPEN' })
    expect(await cartOf(app, 'here', 'globex')).toMatchObject({ status: 'ABANDONED' })
  })

  it('is a condition on contacts, and the open cart is at hand', async () => {
    const { contact } = await abandoned(app, 'condition')
    const find = `query($id: ID!, $is: Boolean!) { contacts(filter: { id: { equals: $id }, hasAbandonedCart: $is }) { nodes {
      openCart { sourceId } carts { nodes { sourceId } }
    } } }`
    const found = async (is: boolean) =>
      listAt(await app.as('reader').must(find, { id: contact, is }), 'contacts.nodes')
    expect(await found(true)).toEqual([{ openCart: null, carts: { nodes: [{ sourceId: 'condition' }] } }])
    expect(await found(false)).toEqual([])
    await ingest(app, [cartEvent('open', { email: 'condition@acme.example', lastActivityAt: ago(0) })])
    expect((await found(true))[0]).toMatchObject({ openCart: { sourceId: 'open' } })
    app.resetStatements()
    await found(true)
    expect(app.statements).toHaveLength(1)
  })
})

describe('rescue messages', () => {
  it('are three interactions in the timeline of the contact, each in its time', async () => {
    const { contact, cart } = await abandoned(app, 'three')
    await pass(app, 59)
    expect(await messagesOf(app, contact)).toEqual([])
    await pass(app, 1)
    await pass(app, 5)
    expect(await messagesOf(app, contact)).toEqual([
      {
        __typename: 'CartRescueMessage',
        kind: 'CART_RESCUE_MESSAGE',
        direction: 'OUTBOUND',
        subject: 'Your cart at shop.acme.example',
        body: 'https://shop.acme.example/carts/three',
        occurredAt: ago(5),
        regarding: [{ id: textAt(cart, 'id') }],
        participants: [{ handle: 'three@acme.example', contact: { id: contact } }],
        step: 1,
        couponCode: null,
        cart: { sourceId: 'three' },
      },
    ])
    await pass(app, DAY)
    await pass(app, 3 * DAY)
    await pass(app, 3 * DAY)
    expect((await messagesOf(app, contact)).map((message) => at(message, 'step'))).toEqual([3, 2, 1])
    expect(await cartOf(app, 'three')).toMatchObject({
      rescueCount: 3,
      rescueStopReason: 'MAXIMUM_REACHED',
      nextRescueAt: null,
      status: 'ABANDONED',
    })
  })

  it('are found by their kind, told in the log and on the cart', async () => {
    const { contact } = await abandoned(app, 'kind')
    const before = (await app.changes()).length
    await pass(app, 60)
    const told = (await app.changes()).slice(before).filter(({ recordId }) => recordId !== '')
    expect(told.filter(({ type }) => type === 'Interaction').length).toBeGreaterThan(0)
    const find = `query($contact: ID!) { interactions(first: 100, filter: { kind: { equals: CART_RESCUE_MESSAGE } }) { nodes { id subject } } contact(id: $contact) { carts { nodes { rescueMessages { nodes { id } } } } } }`
    const data = await app.as('reader').must(find, { contact })
    const [message] = listAt(data, 'contact.carts.nodes.0.rescueMessages.nodes')
    expect(listAt(data, 'interactions.nodes').map((node) => at(node, 'id'))).toContain(at(message, 'id'))
  })

  it('are sent once when two nodes send at once, and in so many statements', async () => {
    const { contact } = await abandoned(app, 'nodes')
    app.clock.advance(60 * MINUTE)
    await Promise.all([1, 2, 3].map(() => app.runJob('ecommerce.rescue')))
    expect(await messagesOf(app, contact)).toHaveLength(1)
    await abandoned(app, 'counted')
    app.clock.advance(60 * MINUTE)
    app.resetStatements()
    await app.runJob('ecommerce.rescue')
    expect(app.statements.length).toMatchInlineSnapshot(`18`)
  })

  it('offer the coupon of the settings from the step of the settings on', async () => {
    const set = (settings: object) =>
      app
        .as('admin')
        .must(
          'mutation($settings: JSON!) { updatePluginSettings(input: { pluginId: "ecommerce", settings: $settings }) { userErrors { message } } }',
          { settings },
        )
    await set({ couponCode: 'TEA10', couponFromStep: 2, rescueDelaysMinutes: [10, 20] })
    const { contact } = await abandoned(app, 'coupon')
    await pass(app, 10)
    await pass(app, 10)
    expect((await messagesOf(app, contact)).map((message) => at(message, 'couponCode'))).toEqual(['TEA10', null])
    expect(await cartOf(app, 'coupon')).toMatchObject({ rescueStopReason: 'MAXIMUM_REACHED' })
    expect(at(await set({ rescueDelaysMinutes: [20, 10] }), 'updatePluginSettings.userErrors.0.message')).toBe(
      'Sort them.',
    )
    await set({})
  })

  it('give up after 30 days', async () => {
    await abandoned(app, 'expired')
    await pass(app, 30 * DAY)
    expect(await cartOf(app, 'expired')).toMatchObject({ status: 'EXPIRED', nextRescueAt: null })
  })
})
