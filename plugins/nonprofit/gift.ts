import {
  defineAct,
  defineItem,
  defineObject,
  defineRule,
  items,
  longText,
  money,
  reference,
  ruleViolation,
  z,
} from 'rapport/plugin'

const share = z.string().refine((amount) => Number(amount) > 0, 'A part is more than nothing.')

export const gift = defineObject({
  model: 'Gift',
  prefix: 'gift',
  plural: 'gifts',
  naturalKey: ['reference'],
  columns: {
    receivedOn: {},
    method: {},
    status: { input: false },
    acknowledgedOn: { input: false },
    refundedOn: { input: false },
    reference: {},
    note: { input: longText, order: false },
  },
  relations: { contact: {}, account: {} },
  fields: {
    amount: money({ description: 'What was given, or what it was worth.', amount: 'amount', currency: 'currency' }),
    donor: reference({
      description: 'Who gave it; null once the donor was erased.',
      to: 'Party',
      typeColumn: 'donorType',
      idColumn: 'donorId',
      input: false,
    }),
    allocations: items({
      description: 'What it is for: parts that add up to the amount. Without any it goes wholly to the default fund.',
      item: defineItem({ model: 'GiftAllocation', columns: { amount: { input: share } }, relations: { fund: {} } }),
      by: 'gift',
      max: 50,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** An act that moves a gift from some statuses to another, and notes the day. */
function move(name: string, description: string, from: readonly string[], to: string) {
  return defineAct({
    name,
    description,
    object: 'Gift',
    apply({ status }, { now }) {
      if (from.includes(String(status)))
        return { patch: { status: to, [`${to.toLowerCase()}On`]: now.toISOString().slice(0, 10) } }
      const message = `The gift is not ${from.join(' or ')}, and ${name} takes no other.`
      return { refusals: [ruleViolation('nonprofit.status', ['input', 'id'], message)] }
    },
  })
}

export const giftActs = [
  move('acknowledgeGift', 'Says that the donor was thanked.', ['RECEIVED'], 'ACKNOWLEDGED'),
  move('refundGift', 'Says that it was given back: it counts no more.', ['RECEIVED', 'ACKNOWLEDGED'], 'REFUNDED'),
]

export const oneDonor = defineRule({
  name: 'nonprofit.oneDonor',
  description: 'A gift is of one person or one organisation.',
  object: 'Gift',
  on: ['create', 'update'],
  isIntegral: true,
  before({ kind, before, values }) {
    if (kind !== 'create' && values.contactId === undefined && values.accountId === undefined) return undefined
    const { contactId, accountId } = { ...before, ...values }
    if (Boolean(contactId) !== Boolean(accountId)) return undefined
    const path = ['input', contactId ? 'accountId' : 'contactId']
    return { refusals: [ruleViolation('nonprofit.oneDonor', path, 'A gift has one contactId or one accountId.')] }
  },
})
