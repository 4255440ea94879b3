import { defineItem, defineObject, defineRule, type EnumTypes, items, many, money, text, z } from 'rapport/plugin'

/** Parses an e-mail address and converts it to lower case, as addresses are stored and compared. */
export const emailAddress = text(254).toLowerCase().pipe(z.email('An e-mail address looks like ada@acme.example.'))
const quantity = z.int().min(1, 'The quantity must be at least 1.').max(1_000_000)
const lineColumns = { sku: {}, title: {}, quantity: { input: quantity }, unitPrice: {} }
const item = defineItem({ model: 'CartItem', columns: lineColumns })

export const cart = defineObject({
  model: 'Cart',
  prefix: 'cart',
  plural: 'carts',
  naturalKey: ['store', 'sourceId'],
  columns: {
    store: {},
    sourceId: {},
    email: { input: emailAddress },
    recoveryUrl: { input: z.url('A URL looks like https://shop.acme.example/carts/1.').max(2_000) },
    status: { input: false },
    lastActivityAt: {},
    completedAt: {},
    abandonedAt: { input: false },
    rescueCount: { input: false },
    nextRescueAt: { input: false },
    rescueStopReason: { input: false },
  },
  relations: { contact: {} },
  fields: {
    total: money({ description: 'Total price of the cart.', amount: 'totalAmount', currency: 'totalCurrency' }),
    items: items({ description: 'Items of the cart.', item, by: 'cart', max: 500 }),
    rescueMessages: many({
      description: 'Rescue messages that were sent for the cart.',
      object: 'Interaction',
      link: { item: { model: 'CartRescueMessageDetail', columns: {} }, by: 'cart', to: 'interaction' },
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Returns the columns to write to a cart so that no further rescue message is sent. */
export const stoppedRescue = (rescueStopReason: EnumTypes['RescueStopReason']) => ({
  nextRescueAt: null,
  rescueStopReason,
})

export const keepStatus = defineRule({
  name: 'ecommerce.keepStatus',
  description:
    'Sets the status of a cart: completed or recovered once it has `completedAt`, open again after new activity.',
  object: 'Cart',
  on: ['create', 'update'],
  isIntegral: true,
  before({ before, values }) {
    const completedAt = values.completedAt === undefined ? (before?.completedAt ?? null) : values.completedAt
    if (!before) return { patch: { status: completedAt ? 'COMPLETED' : 'OPEN' } }
    const { firstRescueAt, abandonedAt, rescueStopReason, lastActivityAt } = before
    // The jobs of the plugin write the status themselves. A cart that stays completed keeps its status.
    if (values.status !== undefined || (completedAt && before.completedAt)) return undefined
    if (completedAt) {
      const status = firstRescueAt && completedAt >= firstRescueAt ? 'RECOVERED' : 'COMPLETED'
      return { patch: { status, ...(abandonedAt && !rescueStopReason ? stoppedRescue('COMPLETED') : {}) } }
    }
    const isActiveAgain = abandonedAt && values.lastActivityAt && values.lastActivityAt > lastActivityAt
    if (!isActiveAgain && !before.completedAt) return undefined
    return { patch: { status: 'OPEN', abandonedAt: null, nextRescueAt: null } }
  },
})
