import { defineItem, defineObject, defineRule, type EnumTypes, items, many, money, text, z } from 'rapport/plugin'

/** An e-mail address as it is stored and compared. */
export const emailAddress = text(254).toLowerCase().pipe(z.email('An e-mail address looks like ada@acme.example.'))
const quantity = z.int().min(1, 'At least one.').max(1_000_000)
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
    recoveryUrl: { input: z.url('An address looks like https://shop.acme.example/carts/1.').max(2_000) },
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
    total: money({ description: 'What it comes to.', amount: 'totalAmount', currency: 'totalCurrency' }),
    items: items({ description: 'What is in it.', item, by: 'cart', max: 500 }),
    rescueMessages: many({
      description: 'Rescue messages that were sent for it.',
      object: 'Interaction',
      link: { item: { model: 'CartRescueMessageDetail', columns: {} }, by: 'cart', to: 'interaction' },
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Columns of a cart that gets no more rescue messages. */
export const stopped = (rescueStopReason: EnumTypes['RescueStopReason']) => ({ nextRescueAt: null, rescueStopReason })

/** Clients write what happened to a cart; how far it is follows from that. */
export const keepStatus = defineRule({
  name: 'ecommerce.keepStatus',
  description: 'A cart is completed or recovered once it has a time of completion, and open when the customer is back.',
  object: 'Cart',
  on: ['create', 'update'],
  isIntegral: true,
  before({ before, values }) {
    const completedAt = values.completedAt === undefined ? (before?.completedAt ?? null) : values.completedAt
    if (!before) return { patch: { status: completedAt ? 'COMPLETED' : 'OPEN' } }
    const { firstRescueAt, abandonedAt, rescueStopReason, lastActivityAt } = before
    // The plugin has moved it, or it is as completed as it was.
    if (values.status !== undefined || (completedAt && before.completedAt)) return undefined
    if (completedAt) {
      const status = firstRescueAt && completedAt >= firstRescueAt ? 'RECOVERED' : 'COMPLETED'
      return { patch: { status, ...(abandonedAt && !rescueStopReason ? stopped('COMPLETED') : {}) } }
    }
    const isBack = abandonedAt && values.lastActivityAt && values.lastActivityAt > lastActivityAt
    if (!isBack && !before.completedAt) return undefined
    return { patch: { status: 'OPEN', abandonedAt: null, nextRescueAt: null } }
  },
})
