import { createPluginTestApp, listAt, type PluginTestApp, type TestWorkspace, textAt } from 'rapport/plugin/testing'
import ecommerce from '../plugin.ts'

/** One minute in milliseconds. */
export const MINUTE_MS = 60_000
/** One day in minutes. */
export const DAY_MINUTES = 1_440

/** Initial time of the test clock, and default time of activity of carts. */
export const START = new Date('2026-03-02T12:00:00.000Z')

export function openApp(): Promise<PluginTestApp> {
  return createPluginTestApp({
    plugins: [{ plugin: ecommerce, directory: `${import.meta.dirname}/..` }],
    now: START,
  })
}

/** Returns a cart as a store sends it. The fields of `event` replace the default values. */
export function cartEvent(sourceId: string, event: object = {}) {
  return {
    sourceId,
    email: 'ada@acme.example',
    total: { amount: '39.90', currency: 'EUR' },
    items: [{ sku: 'TEA-1', title: 'Green tea', quantity: 2, unitPrice: '19.95' }],
    recoveryUrl: `https://shop.acme.example/carts/${sourceId}`,
    lastActivityAt: START.toISOString(),
    ...event,
  }
}

export const INGEST = `mutation($input: IngestCartsInput!) {
  ingestCarts(input: $input) { results { index isChanged cart { id status contact { id } } userErrors { code path } } userErrors { code path } }
}`

/** Sends `ingestCarts`. Returns the data of the response. */
export function sendCarts(app: PluginTestApp, carts: readonly object[], workspace: TestWorkspace = 'acme') {
  return app.as('member', workspace).must(INGEST, { input: { store: 'shop.acme.example', carts } })
}

/** Sends `ingestCarts`. Returns the result for each cart. */
export async function ingest(app: PluginTestApp, carts: readonly object[], workspace: TestWorkspace = 'acme') {
  return listAt(await sendCarts(app, carts, workspace), 'ingestCarts.results')
}

export async function createContact(app: PluginTestApp, email: string, workspace: TestWorkspace = 'acme') {
  const data = await app.as('member', workspace).must(
    `mutation($email: String!) {
      createContact(input: { lastName: "Lovelace", emails: [{ address: $email }] }) { contact { id } userErrors { message } }
    }`,
    { email },
  )
  return textAt(data, 'createContact.contact.id')
}

const CART = `query($id: String!) {
  carts(filter: { sourceId: { equals: $id } }) { nodes {
    id version store sourceId email status total { amount currency } recoveryUrl lastActivityAt completedAt abandonedAt
    rescueCount nextRescueAt rescueStopReason contact { id }
    items { sku title quantity unitPrice } rescueMessages { nodes { id } }
  } }
}`

/**
 * Returns the cart with an id in its store.
 * @throws Error when there is not exactly one such cart.
 */
export async function cartOf(app: PluginTestApp, sourceId: string, workspace: TestWorkspace = 'acme') {
  const carts = listAt(await app.as('reader', workspace).must(CART, { id: sourceId }), 'carts.nodes')
  if (carts.length !== 1) throw new Error(`There are ${carts.length} carts with the source id ${sourceId}.`)
  return carts[0]
}

/** Advances the test clock, and runs each job once. */
export async function passTime(app: PluginTestApp, minutes: number, workspace: TestWorkspace = 'acme'): Promise<void> {
  app.clock.advance(minutes * MINUTE_MS)
  await app.runJob('ecommerce.findAbandoned', {}, workspace)
  await app.runJob('ecommerce.rescue', {}, workspace)
}

/** Returns the time (ISO 8601) that is some minutes before now. */
export const isoAgo = (app: PluginTestApp, minutes: number) =>
  new Date(app.clock.now().getTime() - minutes * MINUTE_MS).toISOString()

/** Creates a contact with a cart that the job has just marked as abandoned. */
export async function createAbandonedCart(app: PluginTestApp, id: string, event: object = {}) {
  const email = `${id}@acme.example`
  const contact = await createContact(app, email)
  await ingest(app, [cartEvent(id, { email, lastActivityAt: isoAgo(app, 60), ...event })])
  await app.runJob('ecommerce.findAbandoned')
  return { contact, email, cart: await cartOf(app, id) }
}

/** Returns the rescue messages in the timeline of a contact, the latest first. */
export async function messagesOf(app: PluginTestApp, contact: string) {
  const data = await app.as('reader').must(
    `query($id: ID!) { contact(id: $id) { timeline(kinds: [CART_RESCUE_MESSAGE]) { nodes {
      __typename kind direction subject body occurredAt regarding { id } participants { handle contact { id } }
      ... on CartRescueMessage { step couponCode cart { sourceId } }
    } } } }`,
    { id: contact },
  )
  return listAt(data, 'contact.timeline.nodes')
}
