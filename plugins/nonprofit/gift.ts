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

const allocationAmount = z
  .string()
  .refine((amount) => Number(amount) > 0, 'The amount of an allocation must be greater than zero.')

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
    amount: money({
      description: 'Amount of the gift, or the value of a gift that is not money.',
      amount: 'amount',
      currency: 'currency',
    }),
    donor: reference({
      description: 'The donor; null after the donor was erased.',
      to: 'Party',
      typeColumn: 'donorType',
      idColumn: 'donorId',
      input: false,
    }),
    allocations: items({
      description:
        'Amount of the gift for each fund. The allocations add up to the amount of the gift. A gift without allocations is allocated to the default fund.',
      item: defineItem({
        model: 'GiftAllocation',
        columns: { amount: { input: allocationAmount } },
        relations: { fund: {} },
      }),
      by: 'gift',
      max: 50,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/**
 * Returns a business act (a mutation on one record) that sets the status of a gift to `to`, and stores the day of the
 * change. It refuses a gift whose status is not in `from`.
 */
function statusAct(name: string, description: string, from: readonly string[], to: string) {
  return defineAct({
    name,
    description,
    object: 'Gift',
    apply({ status }, { now }) {
      if (from.includes(String(status)))
        return { patch: { status: to, [`${to.toLowerCase()}On`]: now.toISOString().slice(0, 10) } }
      const message = `${name} accepts only a gift with the status ${from.join(' or ')}.`
      return { refusals: [ruleViolation('nonprofit.status', ['input', 'id'], message)] }
    },
  })
}

export const giftActs = [
  statusAct('acknowledgeGift', 'Records that the donor was thanked.', ['RECEIVED'], 'ACKNOWLEDGED'),
  statusAct(
    'refundGift',
    'Records that the gift was refunded. A refunded gift is not counted in totals.',
    ['RECEIVED', 'ACKNOWLEDGED'],
    'REFUNDED',
  ),
]

export const oneDonor = defineRule({
  name: 'nonprofit.oneDonor',
  description: 'Requires that a gift has either a contact or an account as its donor.',
  object: 'Gift',
  on: ['create', 'update'],
  isIntegral: true,
  before({ kind, before, values }) {
    if (kind !== 'create' && values.contactId === undefined && values.accountId === undefined) return undefined
    const { contactId, accountId } = { ...before, ...values }
    if (Boolean(contactId) !== Boolean(accountId)) return undefined
    const path = ['input', contactId ? 'accountId' : 'contactId']
    return {
      refusals: [
        ruleViolation('nonprofit.oneDonor', path, 'Send either a contactId or an accountId as the donor of a gift.'),
      ],
    }
  },
})
