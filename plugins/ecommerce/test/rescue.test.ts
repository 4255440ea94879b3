import { at, listAt, type PluginTestApp, textAt } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cartEvent,
  cartOf,
  createAbandonedCart,
  DAY_MINUTES,
  ingest,
  isoAgo,
  MINUTE_MS,
  messagesOf,
  openApp,
  passTime,
} from './support.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await openApp()
})
afterAll(() => app.close())

const ago = (minutes: number) => isoAgo(app, minutes)

describe('a cart without activity', () => {
  it('is marked as abandoned after 60 minutes, and only once when the job runs three times at once', async () => {
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

  it('that is marked as abandoned is open again after new activity of the customer', async () => {
    await createAbandonedCart(app, 'back')
    await ingest(app, [cartEvent('back', { email: 'back@acme.example', lastActivityAt: ago(0) })])
    expect(await cartOf(app, 'back')).toMatchObject({ status: 'OPEN', abandonedAt: null, nextRescueAt: null })
  })

  it('is marked as abandoned only in the workspace of the job', async () => {
    await ingest(app, [cartEvent('here', { lastActivityAt: ago(90) })])
    await ingest(app, [cartEvent('here', { lastActivityAt: ago(90) })], 'globex')
    await app.runJob('ecommerce.findAbandoned', {}, 'globex')
    expect(await cartOf(app, 'here')).toMatchObject({ status: 'OPEN' })
    expect(await cartOf(app, 'here', 'globex')).toMatchObject({ status: 'ABANDONED' })
  })

  it('that is marked as abandoned makes its contact match the filter hasAbandonedCart, and is not the openCart of the contact', async () => {
    const { contact } = await createAbandonedCart(app, 'condition')
    const find = `query($id: ID!, $isFound: Boolean!) { contacts(filter: { id: { equals: $id }, hasAbandonedCart: $isFound }) { nodes {
      openCart { sourceId } carts { nodes { sourceId } }
    } } }`
    const contactsWith = async (isFound: boolean) =>
      listAt(await app.as('reader').must(find, { id: contact, isFound }), 'contacts.nodes')
    expect(await contactsWith(true)).toEqual([{ openCart: null, carts: { nodes: [{ sourceId: 'condition' }] } }])
    expect(await contactsWith(false)).toEqual([])
    await ingest(app, [cartEvent('open', { email: 'condition@acme.example', lastActivityAt: ago(0) })])
    expect((await contactsWith(true))[0]).toMatchObject({ openCart: { sourceId: 'open' } })
    app.resetStatements()
    await contactsWith(true)
    expect(app.statements).toHaveLength(1)
  })
})

describe('rescue messages', () => {
  it('are sent three times for a cart, each after its delay, and are interactions in the timeline of the contact', async () => {
    const { contact, cart } = await createAbandonedCart(app, 'three')
    await passTime(app, 59)
    expect(await messagesOf(app, contact)).toEqual([])
    await passTime(app, 1)
    await passTime(app, 5)
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
    await passTime(app, DAY_MINUTES)
    await passTime(app, 3 * DAY_MINUTES)
    await passTime(app, 3 * DAY_MINUTES)
    expect((await messagesOf(app, contact)).map((message) => at(message, 'step'))).toEqual([3, 2, 1])
    expect(await cartOf(app, 'three')).toMatchObject({
      rescueCount: 3,
      rescueStopReason: 'MAXIMUM_REACHED',
      nextRescueAt: null,
      status: 'ABANDONED',
    })
  })

  it('are in the log, and can be read by their variant CART_RESCUE_MESSAGE and from their cart', async () => {
    const { contact } = await createAbandonedCart(app, 'kind')
    const before = (await app.changes()).length
    await passTime(app, 60)
    const changes = (await app.changes()).slice(before).filter(({ recordId }) => recordId !== '')
    expect(changes.filter(({ type }) => type === 'Interaction').length).toBeGreaterThan(0)
    const find = `query($contact: ID!) { interactions(first: 100, filter: { kind: { equals: CART_RESCUE_MESSAGE } }) { nodes { id subject } } contact(id: $contact) { carts { nodes { rescueMessages { nodes { id } } } } } }`
    const data = await app.as('reader').must(find, { contact })
    const [message] = listAt(data, 'contact.carts.nodes.0.rescueMessages.nodes')
    expect(listAt(data, 'interactions.nodes').map((node) => at(node, 'id'))).toContain(at(message, 'id'))
  })

  it('are sent once when the job runs three times at once, and a run of the job executes 18 SQL statements', async () => {
    const { contact } = await createAbandonedCart(app, 'nodes')
    app.clock.advance(60 * MINUTE_MS)
    await Promise.all([1, 2, 3].map(() => app.runJob('ecommerce.rescue')))
    expect(await messagesOf(app, contact)).toHaveLength(1)
    await createAbandonedCart(app, 'counted')
    app.clock.advance(60 * MINUTE_MS)
    app.resetStatements()
    await app.runJob('ecommerce.rescue')
    expect(app.statements.length).toMatchInlineSnapshot(`18`)
  })

  it('contain the coupon code of the settings, beginning with the message whose number is couponFromStep', async () => {
    const updateSettings = (settings: object) =>
      app
        .as('admin')
        .must(
          'mutation($settings: JSON!) { updatePluginSettings(input: { pluginId: "ecommerce", settings: $settings }) { userErrors { message } } }',
          { settings },
        )
    await updateSettings({ couponCode: 'TEA10', couponFromStep: 2, rescueDelaysMinutes: [10, 20] })
    const { contact } = await createAbandonedCart(app, 'coupon')
    await passTime(app, 10)
    await passTime(app, 10)
    expect((await messagesOf(app, contact)).map((message) => at(message, 'couponCode'))).toEqual(['TEA10', null])
    expect(await cartOf(app, 'coupon')).toMatchObject({ rescueStopReason: 'MAXIMUM_REACHED' })
    expect(
      at(await updateSettings({ rescueDelaysMinutes: [20, 10] }), 'updatePluginSettings.userErrors.0.message'),
    ).toBe('The delays must be in ascending order.')
    await updateSettings({})
  })

  it('stop after 30 days, when the cart expires', async () => {
    await createAbandonedCart(app, 'expired')
    await passTime(app, 30 * DAY_MINUTES)
    expect(await cartOf(app, 'expired')).toMatchObject({ status: 'EXPIRED', nextRescueAt: null })
  })
})
