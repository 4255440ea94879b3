import {
  condition,
  defineItem,
  defineObject,
  items,
  list,
  many,
  money,
  type RowReference,
  sql,
  text,
  z,
} from 'rapport/plugin'

/** An e-mail address as it is stored and compared. */
export const emailAddress = text(254).toLowerCase().pipe(z.email('An e-mail address looks like ada@acme.example.'))
const url = z.url('An address looks like https://shop.acme.example/carts/1.').max(2_000)
const quantity = z.int().min(1, 'At least one.').max(1_000_000)

const columns = { sku: {}, title: {}, quantity: { input: quantity }, unitPrice: {} }
const item = defineItem({ model: 'CartItem', columns })

export const cart = defineObject({
  model: 'Cart',
  prefix: 'cart',
  plural: 'carts',
  naturalKey: ['store', 'sourceId'],
  columns: {
    store: {},
    sourceId: {},
    email: { input: emailAddress },
    recoveryUrl: { input: url },
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

const cartsOf = (contact: RowReference) =>
  sql`from ecommerce_carts c where c.workspace_id = ${contact.column('workspaceId')}
    and c.contact_id = ${contact.column('id')} and c.deleted_at is null`

/** What carts add to people. */
export const contactFields = {
  carts: many({
    description: 'Carts of the person, the last used first.',
    object: 'Cart',
    by: 'contact',
    defaultOrder: [{ field: 'lastActivityAt', direction: 'DESC' }],
  }),
  openCart: list({
    description: 'The cart that the person is busy with.',
    object: 'Cart',
    isSingle: true,
    ids: (contact) =>
      sql`select c.id, 1 as position ${cartsOf(contact)} and c.status = 'OPEN' order by c.last_activity_at desc, c.id limit 1`,
  }),
}

export const contactConditions = {
  hasAbandonedCart: condition({
    description: 'Whether the person left a cart without buying it.',
    type: 'Boolean',
    where: (contact) => sql`exists (select ${cartsOf(contact)} and c.status = 'ABANDONED')`,
  }),
}
