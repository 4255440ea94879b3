import { at, listAt, type PluginTestApp } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cartEvent, cartOf, createContact, INGEST, ingest, MINUTE_MS, openApp, START, sendCarts } from './support.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await openApp()
})
afterAll(() => app.close())

const minutesAfterStart = (minutes: number) => new Date(START.getTime() + minutes * MINUTE_MS).toISOString()

describe('ingestCarts', () => {
  it('creates one cart when one event is sent three times, and assigns it to the contact with its e-mail address', async () => {
    const contact = await createContact(app, 'twice@acme.example')
    const event = cartEvent('twice', { email: ' Twice@acme.example' })
    const [first, again] = await ingest(app, [event, event])
    expect(first).toMatchObject({ index: 0, isChanged: true, cart: { status: 'OPEN', contact: { id: contact } } })
    expect(again).toMatchObject({ index: 1, isChanged: false, cart: { id: at(first, 'cart.id') }, userErrors: [] })
    const [third] = await ingest(app, [event])
    expect(third).toMatchObject({ isChanged: false, cart: { id: at(first, 'cart.id') } })
    expect(await cartOf(app, 'twice')).toMatchObject({
      version: 1,
      email: 'twice@acme.example',
      total: { amount: '39.90', currency: 'EUR' },
      items: [{ sku: 'TEA-1', quantity: 2, unitPrice: '19.95' }],
    })
  })

  it('accepts concurrent requests with events of one cart, and keeps the content of the latest event', async () => {
    const results = await Promise.all(
      [1, 2, 3, 4].map((minutes) => ingest(app, [cartEvent('race', { lastActivityAt: minutesAfterStart(minutes) })])),
    )
    expect(results.flat().map((row) => at(row, 'userErrors'))).toEqual([[], [], [], []])
    expect(await cartOf(app, 'race')).toMatchObject({ lastActivityAt: minutesAfterStart(4) })
  })

  it('refuses an invalid cart with the path of the wrong field, and writes the other carts', async () => {
    const data = await sendCarts(app, [cartEvent('good'), cartEvent('bad', { email: 'nobody' }), cartEvent('better')])
    expect(listAt(data, 'ingestCarts.results').map((row) => at(row, 'isChanged'))).toEqual([true, false, true])
    expect(at(data, 'ingestCarts.userErrors')).toEqual([{ code: 'INVALID', path: ['input', 'carts', '1', 'email'] }])
  })

  it('accepts 200 carts in a request, and refuses 201', async () => {
    const many = Array.from({ length: 201 }, (_, index) => cartEvent(`many-${index}`))
    expect(at(await sendCarts(app, many), 'ingestCarts.userErrors')).toEqual([
      { code: 'INVALID', path: ['input', 'carts'] },
    ])
    const rows = await ingest(app, many.slice(1))
    expect(rows.filter((row) => at(row, 'isChanged') === true)).toHaveLength(200)
  })

  it('gives a cart the same final content, whatever the order of its events and however often each is sent', async () => {
    const random = randomFrom(7)
    for (let round = 0; round < 25; round++) {
      const id = `order-${round}`
      const events = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, index) =>
        cartEvent(id, {
          // Several events may have the same time.
          lastActivityAt: minutesAfterStart(Math.floor(random() * 3)),
          email: random() < 0.3 ? null : `guest${Math.floor(random() * 3)}@acme.example`,
          total: { amount: `${10 + index}.50`, currency: 'EUR' },
          items: [{ title: `Tea ${index}`, quantity: 1 + index }],
          completedAt: random() < 0.3 ? minutesAfterStart(3) : null,
        }),
      )
      await ingest(app, events)
      await ingest(
        app,
        shuffled([...events, ...events, ...events], random).map((event) => ({ ...event, sourceId: `${id}-b` })),
      )
      const ordered = await cartOf(app, id)
      const shuffledCart = await cartOf(app, `${id}-b`)
      expect(contentOf(shuffledCart)).toEqual(contentOf(ordered))
    }
  })

  it('stores the cart of a contact that is hidden from the caller as the cart of a guest', async () => {
    await createContact(app, 'hidden@acme.example')
    const store = await app.withPermissions(['cart:create', 'cart:read', 'cart:update', 'contact:read@own'])
    const carts = [cartEvent('of-hidden', { email: 'hidden@acme.example' })]
    const sent = await store.must(INGEST, { input: { store: 'shop.acme.example', carts } })
    expect(at(sent, 'ingestCarts')).toMatchObject({ results: [{ isChanged: true }], userErrors: [] })
    expect(await cartOf(app, 'of-hidden')).toMatchObject({ contact: null, email: 'hidden@acme.example' })
  })

  it('assigns a cart only to a contact of its own workspace', async () => {
    await createContact(app, 'apart@acme.example', 'globex')
    const [inAcme] = await ingest(app, [cartEvent('apart', { email: 'apart@acme.example' })])
    const [inGlobex] = await ingest(app, [cartEvent('apart', { email: 'apart@acme.example' })], 'globex')
    expect(at(inAcme, 'cart.contact')).toBeNull()
    expect(at(inGlobex, 'cart.contact')).not.toBeNull()
    expect(at(inGlobex, 'cart.id')).not.toBe(at(inAcme, 'cart.id'))
  })

  it('assigns the cart of a guest to a contact that is created later with the e-mail address of the cart', async () => {
    await ingest(app, [cartEvent('guest', { email: 'guest@acme.example' })])
    expect(await cartOf(app, 'guest')).toMatchObject({ contact: null })
    const id = await createContact(app, 'guest@acme.example')
    await app.deliver()
    expect(await cartOf(app, 'guest')).toMatchObject({ contact: { id } })
  })

  it('refuses a caller without permission to create carts', async () => {
    const response = await app
      .as('reader')
      .query('mutation { ingestCarts(input: { store: "s", carts: [] }) { userErrors { code } } }')
    expect(response.errors[0]?.extensions?.['code']).toBe('FORBIDDEN')
  })

  it('writes a change to the log for the creation of a cart and for its update, with the changed fields', async () => {
    await ingest(app, [cartEvent('log')])
    await ingest(app, [
      cartEvent('log', { lastActivityAt: minutesAfterStart(1), total: { amount: '50', currency: 'EUR' } }),
    ])
    const changes = (await app.changes()).slice(-2)
    expect(changes.map(({ type, operation }) => [type, operation])).toEqual([
      ['Cart', 'CREATED'],
      ['Cart', 'UPDATED'],
    ])
    expect(changes[1]?.changedFields.toSorted()).toEqual(['lastActivityAt', 'total'])
  })

  it('runs nine SQL statements for any number of new carts', async () => {
    const count = async (...events: object[]) => {
      app.resetStatements()
      await ingest(app, events)
      return app.statements.length
    }
    expect(await count(cartEvent('count-1', { email: 'count@acme.example' }))).toBe(9)
    expect(await count(cartEvent('count-2'), cartEvent('count-3'), cartEvent('count-4'))).toBe(9)
  })
})

function contentOf(cart: unknown): object {
  const { id: _id, version: _version, sourceId: _sourceId, recoveryUrl: _url, ...content } = Object(cart)
  return content
}

/** Returns a generator of pseudo-random numbers from 0 to 1, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<Element>(elements: readonly Element[], random: () => number): Element[] {
  return elements
    .map((element) => ({ element, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ element }) => element)
}
