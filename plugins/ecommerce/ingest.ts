import { type ColumnsOf, defineOperation, invalid, sql } from 'rapport/plugin'
import { emailAddress } from './cart.ts'
import { contactsByEmail } from './contacts.ts'

const MAX_CARTS = 200
const path = ['input', 'carts']

const result = {
  name: 'IngestedCart',
  description: 'Result for one cart of `ingestCarts`.',
  fields: {
    index: { description: 'Index of the cart in the input, from 0.', type: 'Int' },
    isChanged: { description: 'Whether the cart was created or changed.', type: 'Boolean' },
    cart: { description: 'The cart; null when it was refused or is soft-deleted.', type: 'Cart', isNullable: true },
    userErrors: { description: 'Errors of this cart.', type: 'UserError', isList: true },
  },
} as const

/**
 * Returns a text that is greater for the newer of two states of a cart. A state is newer when its time of activity is
 * later. When the times are equal, which is common because many stores report whole seconds, a completed cart is newer
 * than a cart that is not completed, and then a cart with a higher total is newer.
 */
function orderKeyOf({ lastActivityAt, completedAt, totalAmount }: Partial<ColumnsOf<'Cart'>>): string {
  return `${lastActivityAt?.toISOString()} ${completedAt ? 1 : 0} ${Number(totalAmount ?? 0)
    .toFixed(4)
    .padStart(22, '0')}`
}

/** Returns a value that the store sent as a text; null when it sent none. */
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

export const ingestCarts = defineOperation({
  name: 'ingestCarts',
  description: `Creates and updates at most ${MAX_CARTS} carts of a store. A store may send carts in any order and repeatedly, because a cart that is older than the stored cart changes nothing. Each cart is written or refused separately. The contact is found by e-mail address.`,
  permission: 'cart:create',
  input: {
    store: {
      description: 'The store of the carts, such as `shop.acme.example`.',
      type: 'String',
      isRequired: true,
    },
    carts: {
      description: 'The carts. The `store` of the input replaces the `store` of each cart.',
      type: 'CreateCartInput',
      isList: true,
      isRequired: true,
    },
  },
  payload: { results: { description: 'Result for each cart, in the order of the input.', type: result, isList: true } },
  async run({ store, carts }, context) {
    if (carts.length > MAX_CARTS)
      return { values: {}, userErrors: [invalid(path, `At most ${MAX_CARTS} carts at once.`)] }
    const emails = carts.map(({ email }) => emailAddress.safeParse(email).data ?? '')
    // A cart of a contact that is hidden from the caller is stored as the cart of a guest.
    const contacts = await contactsByEmail(context, emails, context.sees('Contact', sql`p`))
    // A value that the store does not send is set to null.
    const values = carts.map((cart, index) => {
      const contactId = textOf(cart['contactId']) ?? contacts.get(emails[index] ?? '') ?? null
      return { recoveryUrl: null, completedAt: null, ...cart, store, email: textOf(cart['email']), contactId }
    })
    const rows = await context.records.upsertMany('Cart', values, {
      path,
      isNewer: (sent, stored) => orderKeyOf(sent) > orderKeyOf(stored),
      // Keeps the contact that a user assigned to the cart, until the store sends another address.
      amend: (sent, stored) => (sent.contactId || sent.email !== stored.email ? {} : { contactId: undefined }),
    })
    const results = rows.map((row, index) => ({ ...row, index, cart: row.id, isChanged: row.outcome !== 'UNCHANGED' }))
    return { values: { results }, userErrors: results.flatMap(({ userErrors }) => userErrors) }
  },
})
