import { defineOperation, invalid, type PluginContext, type UserError } from 'rapport/plugin'
import { contactsByEmail } from './contacts.ts'
import { type CartEvent, ingestInput, knownCarts, rankOf } from './known-carts.ts'

const MAX_CARTS = 200

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

export const ingestCarts = defineOperation({
  name: 'ingestCarts',
  description: `Takes over carts as a store tells of them, ${MAX_CARTS} at most, in any order and as often as it likes: what is older than what is known changes nothing. Each is written or refused by itself. The customer is found by e-mail.`,
  permission: 'cart:create',
  input: {
    store: { description: 'Store that tells of them, such as `shop.acme.example`.', type: 'String', isRequired: true },
    carts: {
      description: 'The carts; their store is the one above.',
      type: 'CreateCartInput',
      isList: true,
      isRequired: true,
    },
  },
  payload: { results: { description: 'What became of each cart, in input order.', type: result, isList: true } },
  async run(input, context) {
    const { store, carts } = ingestInput.parse(input)
    const tooMany = invalid(['input', 'carts'], `At most ${MAX_CARTS} carts at once.`)
    if (carts.length > MAX_CARTS) return { values: { results: [] }, userErrors: [tooMany] }
    const ingest = await begin(context, store, carts)
    const results: ({ readonly index: number } & Taken)[] = []
    for (const [index, event] of carts.entries()) {
      const taken = await takeOver(ingest, event)
      const path = ({ path: own }: UserError) => own && ['input', 'carts', String(index), ...own.slice(1)]
      results.push({ index, ...taken, userErrors: taken.userErrors.map((error) => ({ ...error, path: path(error) })) })
    }
    return { values: { results }, userErrors: results.flatMap(({ userErrors }) => userErrors) }
  },
})

/** What is looked up for all: contacts by e-mail, and carts as they are by now, by the store's ids. */
async function begin(context: PluginContext, store: string, carts: readonly CartEvent[]) {
  const emails = carts.flatMap(({ email }) => email ?? [])
  const sourceIds = carts.map(({ sourceId }) => sourceId)
  const contacts = await contactsByEmail(context, emails)
  return { context, store, contacts, known: await knownCarts(context, store, sourceIds) }
}

interface Taken {
  readonly isChanged: boolean
  readonly cart: string | null
  readonly userErrors: readonly UserError[]
}

async function takeOver(ingest: Awaited<ReturnType<typeof begin>>, event: CartEvent): Promise<Taken> {
  const { context, store, contacts, known } = ingest
  const { sourceId, ...values } = event
  const [old, rank, email] = [known.get(sourceId), rankOf(event), event.email || null]
  if (old && (old.isDeleted || rank <= old.rank))
    return { isChanged: false, cart: old.isDeleted ? null : old.id, userErrors: [] }
  const contactId = event.contactId ?? (email && contacts.get(email)) ?? null
  // Whoever a cart was given to by hand keeps it until the store names another address.
  const owner = contactId === null && old?.email === email ? {} : { contactId }
  const cart = { recoveryUrl: null, completedAt: null, ...values, ...owner, email, store }
  const { id, userErrors } = old
    ? await context.records.update('Cart', old.id, cart)
    : await context.records.create('Cart', { ...cart, sourceId })
  // Somebody told of the same cart at the same time, and was faster.
  const faster = id || old ? undefined : (await knownCarts(context, store, [sourceId])).get(sourceId)
  if (id) known.set(sourceId, { id, email, isDeleted: false, rank })
  if (!faster) return { isChanged: id !== null, cart: id, userErrors }
  known.set(sourceId, faster)
  return takeOver(ingest, event)
}
