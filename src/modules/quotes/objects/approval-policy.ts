import { z } from 'zod'
import { longText } from '../../../platform/declare/objects/column-input.ts'
import { items, money } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { percentage } from '../pricing/percentage.ts'

const step = defineItem({
  model: 'QuoteApprovalPolicyStep',
  columns: {
    sequence: { input: z.int().min(1, 'At least 1.').max(50, 'At most 50.') },
    kind: {},
    level: { input: z.int().min(1, 'At least 1.').max(10, 'At most 10.') },
  },
  relations: { role: {}, user: { object: 'User' } },
})

export const quoteApprovalPolicy = defineObject({
  model: 'QuoteApprovalPolicy',
  prefix: 'quoteapprovalpolicy',
  plural: 'quoteApprovalPolicies',
  naturalKey: ['name'],
  columns: {
    name: {},
    description: { input: longText, order: false },
    filter: {},
    appliesWithinAuthority: {},
    isActive: {},
  },
  fields: {
    steps: items({
      description:
        'The steps that the policy asks for. Without any, a user whose own authority to negotiate covers the quote decides.',
      item: step,
      by: 'policy',
      max: 20,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const negotiationAuthority = defineObject({
  model: 'NegotiationAuthority',
  prefix: 'negotiationauthority',
  plural: 'negotiationAuthorities',
  columns: { maxDiscountPercent: { input: percentage }, minMarginPercent: { input: percentage } },
  relations: { role: {} },
  fields: {
    maxTotal: money({
      description:
        'Largest total of a quote. For a quote in another currency it is converted at the exchange rate of the day. Null: no limit.',
      amount: 'maxTotalAmount',
      currency: 'maxTotalCurrency',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const approvalDelegation = defineObject({
  model: 'ApprovalDelegation',
  prefix: 'approvaldelegation',
  plural: 'approvalDelegations',
  ownedBy: 'from',
  columns: { startsOn: {}, endsOn: {}, reason: {} },
  relations: { from: { object: 'User', hasRuleDefault: true }, to: { object: 'User' } },
  writes: ['create', 'update', 'delete', 'restore'],
})
