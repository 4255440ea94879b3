import { definePlugin } from 'rapport/plugin'
import { cartActs } from './acts.ts'
import { cart, contactConditions, contactFields } from './cart.ts'
import { nameOptedOut, optOut } from './contacts.ts'
import { attachGuests, stopRescues } from './handlers.ts'
import { ingestCarts } from './ingest.ts'
import { findAbandoned, rescue } from './jobs.ts'
import { personalData } from './personal-data.ts'
import { rescueMessage } from './rescue.ts'
import { workspaceSettings } from './settings.ts'
import { keepStatus } from './status.ts'

/** Carts of web stores, and messages that bring abandoned ones back. */
export default definePlugin({
  id: 'ecommerce',
  description: 'Carts of your web stores on the contacts they belong to, and rescue messages for those left behind.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['cart:read', 'cart:create', 'cart:update', 'contact:read', 'interaction:create'],
  reads: ['contacts', 'contact_emails', 'interactions', 'timeline_entries'],
  settings: { workspace: workspaceSettings },
  personalData,
  objects: [cart, optOut],
  variants: [rescueMessage],
  extend: { Contact: contactFields },
  conditions: { Contact: contactConditions },
  rules: [keepStatus, nameOptedOut],
  acts: cartActs,
  operations: [ingestCarts],
  handlers: [stopRescues, attachGuests],
  jobs: [findAbandoned, rescue],
})
