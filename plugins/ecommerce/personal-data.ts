import type { PersonalData } from 'rapport/plugin'

const identity = ['email', 'recoveryUrl', 'store', 'sourceId']
const behavior = ['totalCurrency', 'lastActivityAt', 'completedAt', 'abandonedAt', 'firstRescueAt', 'nextRescueAt']

/** What the tables hold about people. */
export const personalData: readonly PersonalData[] = [
  { model: 'Cart', subject: 'contact', columns: identity, purpose: 'To bring the customer back to the cart.' },
  {
    model: 'Cart',
    subject: 'contact',
    columns: behavior,
    purpose: 'To know when to write to the customer, and when not.',
  },
  {
    model: 'CartItem',
    subject: 'cart',
    columns: ['sku', 'title'],
    purpose: 'To tell the customer what is in the cart.',
  },
  { model: 'CartRescueMessageDetail', subject: 'cart', columns: ['couponCode'], purpose: 'To honor what was offered.' },
  { model: 'CartRescueOptOut', subject: 'contact', columns: ['email'], purpose: 'To leave the person in peace.' },
]
