import { definePlugin } from 'rapport/plugin'
import { cart, keepStatus } from './cart.ts'
import { attachGuests, contactFields, hasAbandonedCart } from './contacts.ts'
import { ingestCarts } from './ingest.ts'
import { findAbandoned, rescue } from './jobs.ts'
import { nameOptedOut, optOut } from './opt-out.ts'
import { rescueMessage } from './rescue.ts'
import { workspaceSettings } from './settings.ts'
import { stopCartRescue, stopRescues } from './stops.ts'

const REMIND = 'To bring the customer back to the cart, and to know when not to write.'
const identity = ['email', 'recoveryUrl', 'store', 'sourceId']
const behavior = ['totalCurrency', 'lastActivityAt', 'completedAt', 'abandonedAt', 'firstRescueAt', 'nextRescueAt']

export default definePlugin({
  id: 'ecommerce',
  description: 'Carts of your web stores on the contacts they belong to, and rescue messages for those left behind.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['cart:read', 'cart:create', 'cart:update', 'contact:read', 'interaction:create'],
  reads: ['contacts', 'contact_emails', 'interactions', 'timeline_entries'],
  settings: { workspace: workspaceSettings },
  personalData: [
    { model: 'Cart', subject: 'contact', columns: [...identity, ...behavior], purpose: REMIND },
    { model: 'CartItem', subject: 'cart', columns: ['sku', 'title'], purpose: REMIND },
    {
      model: 'CartRescueMessageDetail',
      subject: 'cart',
      columns: ['couponCode'],
      purpose: 'To honor what was offered.',
    },
    { model: 'CartRescueOptOut', subject: 'contact', columns: ['email'], purpose: 'To leave the person in peace.' },
  ],
  objects: [cart, optOut],
  variants: [rescueMessage],
  extend: { Contact: contactFields },
  conditions: { Contact: { hasAbandonedCart } },
  rules: [keepStatus, nameOptedOut],
  acts: [stopCartRescue],
  operations: [ingestCarts],
  handlers: [stopRescues, attachGuests],
  jobs: [findAbandoned, rescue],
})
