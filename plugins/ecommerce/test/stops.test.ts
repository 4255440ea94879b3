import { at, type PluginTestApp } from 'rapport/plugin/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cartEvent,
  cartOf,
  createAbandonedCart,
  createContact,
  DAY_MINUTES,
  ingest,
  isoAgo,
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
const member = (document: string, variables: object = {}) => app.as('member').must(document, variables)

const reply = (contact: string) =>
  member(
    'mutation($contact: ID!, $at: DateTime!) { logInteraction(input: { email: { direction: INBOUND, occurredAt: $at, participants: [{ contactId: $contact, role: SENDER }] } }) { userErrors { message } } }',
    { contact, at: ago(0) },
  )
const buy = (id: string, email: string) =>
  ingest(app, [cartEvent(id, { email, lastActivityAt: ago(-1), completedAt: ago(0) })])
const optOut = (email: string) =>
  member(
    'mutation($email: String!) { createCartRescueOptOut(input: { email: $email }) { cartRescueOptOut { contact { id } } userErrors { code } } }',
    { email },
  )

describe('the rescue messages of a cart stop', () => {
  const causes: Readonly<
    Record<string, readonly [string, (cart: { contact: string; email: string; id: string }) => unknown]>
  > = {
    'when the customer replies': ['REPLIED', ({ contact }) => reply(contact)],
    'when the customer opts out': ['OPTED_OUT', ({ email }) => optOut(email.toUpperCase())],
    'when the customer buys another cart later': ['BOUGHT_LATER', ({ id, email }) => buy(`${id}-later`, email)],
  }
  for (const [title, [reason, cause]] of Object.entries(causes)) {
    const id = reason.toLowerCase().replace('_', '')
    it(`${title}, at the latest before the next message is sent`, async () => {
      const { contact, email } = await createAbandonedCart(app, id)
      await cause({ contact, email, id })
      await passTime(app, 60)
      expect(await cartOf(app, id)).toMatchObject({
        status: 'ABANDONED',
        rescueStopReason: reason,
        rescueCount: 0,
        nextRescueAt: null,
      })
      expect(await messagesOf(app, contact)).toEqual([])
    })
    it(`${title}, as soon as the handler of the plugin receives this change`, async () => {
      const { contact, email } = await createAbandonedCart(app, `${id}-delivered`)
      await app.deliver()
      expect(await cartOf(app, `${id}-delivered`)).toMatchObject({ rescueStopReason: null })
      await cause({ contact, email, id: `${id}-delivered` })
      await app.deliver()
      expect(await cartOf(app, `${id}-delivered`)).toMatchObject({
        status: 'ABANDONED',
        rescueStopReason: reason,
        nextRescueAt: null,
      })
    })
  }

  it('when the cart is bought before the first message; its status is COMPLETED', async () => {
    const { email } = await createAbandonedCart(app, 'bought')
    await buy('bought', email)
    expect(await cartOf(app, 'bought')).toMatchObject({
      status: 'COMPLETED',
      rescueStopReason: 'COMPLETED',
      nextRescueAt: null,
    })
  })

  it('when the cart is bought after a message; its status is RECOVERED', async () => {
    const { contact, email } = await createAbandonedCart(app, 'recovered')
    await passTime(app, 60)
    await buy('recovered', email)
    await passTime(app, 10 * DAY_MINUTES)
    expect(await cartOf(app, 'recovered')).toMatchObject({
      status: 'RECOVERED',
      rescueStopReason: 'COMPLETED',
      rescueCount: 1,
    })
    expect(await messagesOf(app, contact)).toHaveLength(1)
  })

  it('when the contact is deleted', async () => {
    const { contact } = await createAbandonedCart(app, 'gone')
    await member('mutation($id: ID!) { deleteContact(input: { id: $id }) { userErrors { message } } }', { id: contact })
    await passTime(app, 60)
    expect(await cartOf(app, 'gone')).toMatchObject({ rescueStopReason: 'REFUSED', rescueCount: 0 })
  })

  it('when a user calls stopCartRescue, which refuses a cart that is not abandoned', async () => {
    const { cart } = await createAbandonedCart(app, 'manual')
    const stop =
      'mutation($id: ID!, $version: Int!) { stopCartRescue(input: { id: $id, version: $version }) { cart { rescueStopReason } userErrors { code } } }'
    const data = await member(stop, { id: at(cart, 'id'), version: 2 })
    expect(data).toMatchObject({ stopCartRescue: { cart: { rescueStopReason: 'MANUAL' }, userErrors: [] } })
    await ingest(app, [cartEvent('untouched')])
    const refused = await member(stop, { id: at(await cartOf(app, 'untouched'), 'id'), version: 1 })
    expect(at(refused, 'stopCartRescue.userErrors')).toEqual([{ code: 'RULE_VIOLATION' }])
  })
})

it('the rescue job sends no message to a guest until the cart is assigned to a contact', async () => {
  await ingest(app, [cartEvent('waiting', { email: 'waiting@acme.example', lastActivityAt: ago(60) })])
  await app.runJob('ecommerce.findAbandoned')
  await passTime(app, 60)
  expect(await cartOf(app, 'waiting')).toMatchObject({ rescueCount: 0, rescueStopReason: null })
  const contact = await createContact(app, 'waiting@acme.example')
  await app.deliver()
  await passTime(app, 5)
  expect(await messagesOf(app, contact)).toHaveLength(1)
})

it('createCartRescueOptOut finds the contact by the e-mail address, and refuses a second opt-out for this address', async () => {
  const contact = await createContact(app, 'never@acme.example')
  const first = await optOut('never@acme.example')
  expect(at(first, 'createCartRescueOptOut.cartRescueOptOut.contact.id')).toBe(contact)
  expect(at(await optOut('never@acme.example'), 'createCartRescueOptOut.userErrors')).toEqual([{ code: 'DUPLICATE' }])
})
