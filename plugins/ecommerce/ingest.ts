import { type ColumnsOf, defineOperation, invalid } from 'rapport/plugin'
import { emailAddress } from './cart.ts'
import { contactsByEmail } from './contacts.ts'

const MAX_CARTS = 200
const path = ['input', 'carts']

const result = {
  name: 'IngestedCart',
  description: 'What became of one cart of an ingest.',
  fields: {
    index: { description: 'Place of the cart in the input, from 0.', type: 'Int' },
    isChanged: { description: 'Whether it was new, or newer than what was known.', type: 'Boolean' },
    cart: { description: 'The cart; null where it was refused or put away.', type: 'Cart', isNullable: true },
    userErrors: { description: 'Errors of this cart.', type: 'UserError', isList: true },
  },
} as const

/** Sorts what is told of one cart. Stores' clocks tick in seconds: of one instant, what is completed is later, then what comes to more. */
function rankOf({ lastActivityAt, completedAt, totalAmount }: Partial<ColumnsOf<'Cart'>>): string {
  return `${lastActivityAt?.toISOString()} ${completedAt ? 1 : 0} ${Number(totalAmount ?? 0)
    .toFixed(4)
    .padStart(22, '0')}`
}

export const ingestCarts = defineOperation({
  name: 'ingestCarts',
  description: `Takes over carts as a store tells of them, ${MAX_CARTS} at most, in any order and as often as it likes: what is older than what is known changes nothing. Each is written or refused by itself. The customer is found by e-mail.`,
  permission: 'cart:create',
  input: {
    store: { description: 'Store that tells of them, such as `shop.acme.example`.', type: 'String', isRequired: true },
    carts: { description: 'Their store is the one above.', type: 'CreateCartInput', isList: true, isRequired: true },
  },
  payload: { results: { description: 'What became of each cart, in input order.', type: result, isList: true } },
  async run({ store, carts }, context) {
    if (carts.length > MAX_CARTS)
      return { values: {}, userErrors: [invalid(path, `At most ${MAX_CARTS} carts at once.`)] }
    const emails = carts.map(({ email }) => emailAddress.safeParse(email).data ?? '')
    const contacts = await contactsByEmail(context, emails)
    // What a store does not tell of any more is gone.
    const told = carts.map((cart, index) => {
      const contactId = cart['contactId'] ?? contacts.get(emails[index] ?? '') ?? null
      return { recoveryUrl: null, completedAt: null, ...cart, store, email: cart['email'] || null, contactId }
    })
    const rows = await context.records.upsertMany('Cart', told, {
      path,
      isNewer: (told, known) => rankOf(told) > rankOf(known),
      // Whoever a cart was given to by hand keeps it until the store names another address.
      amend: (told, known) => (told.contactId || told.email !== known.email ? {} : { contactId: undefined }),
    })
    const results = rows.map((row, index) => ({ ...row, index, cart: row.id, isChanged: row.outcome !== 'UNCHANGED' }))
    return { values: { results }, userErrors: results.flatMap(({ userErrors }) => userErrors) }
  },
})
