import { definePlugin } from 'rapport/plugin'
import { cart, keepStatus } from './cart.ts'
import { attachGuests, contactFields, hasAbandonedCart } from './contacts.ts'
import { ingestCarts } from './ingest.ts'
import { findAbandoned, rescue } from './jobs.ts'
import { nameOptedOut, optOut } from './opt-out.ts'
import { rescueMessage } from './rescue.ts'
import { workspaceSettings } from './settings.ts'
import { stopCartRescue, stopRescues } from './stops.ts'

const REMIND = 'To remind customers of their carts, and to know when to send no reminder.'
const identityColumns = ['email', 'recoveryUrl', 'store', 'sourceId']
const behaviorColumns = [
  'totalCurrency',
  'lastActivityAt',
  'completedAt',
  'abandonedAt',
  'firstRescueAt',
  'nextRescueAt',
]

export default definePlugin({
  id: 'ecommerce',
  description:
    'Shopping carts of web stores, assigned to contacts, and messages that remind customers of abandoned carts.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['cart:read', 'cart:create', 'cart:update', 'contact:read', 'interaction:create'],
  reads: ['contacts', 'contact_emails', 'interactions', 'timeline_entries'],
  settings: { workspace: workspaceSettings },
  personalData: [
    { model: 'Cart', subject: 'contact', columns: [...identityColumns, ...behaviorColumns], purpose: REMIND },
    { model: 'CartItem', subject: 'cart', columns: ['sku', 'title'], purpose: REMIND },
    {
      model: 'CartRescueMessageDetail',
      subject: 'cart',
      columns: ['couponCode'],
      purpose: 'To honor the coupons that were offered.',
    },
    {
      model: 'CartRescueOptOut',
      subject: 'contact',
      columns: ['email'],
      purpose: 'To send no rescue messages to the person.',
    },
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
