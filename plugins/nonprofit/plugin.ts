import { definePlugin } from 'rapport/plugin'
import { allocationMismatch, allocations } from './allocations.ts'
import { constituent, contactFields, recordDeath } from './constituent.ts'
import { deceased, deceasedContact, notCalled } from './deceased.ts'
import { fund, generalFund, workspaceSettings } from './fund.ts'
import { gift, giftActs, oneDonor } from './gift.ts'
import { accountGiving, contactGiving } from './giving.ts'

export default definePlugin({
  id: 'nonprofit',
  description: 'Gifts of people and organisations, their allocation to funds, and the totals for each donor and fund.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['fund:read', 'fund:create', 'gift:read', 'contact:read', 'constituent:*'],
  reads: ['interaction_participants'],
  settings: { workspace: workspaceSettings },
  personalData: [
    {
      model: 'Gift',
      subject: 'contact',
      columns: ['amount', 'currency', 'receivedOn', 'method', 'acknowledgedOn', 'refundedOn', 'reference', 'note'],
      purpose: 'To account for gifts. When a person is erased, the gifts are kept without their donor.',
    },
    {
      model: 'Constituent',
      subject: 'contact',
      columns: ['isDeceased', 'deceasedOn'],
      purpose: 'To prevent calls to people who have died.',
    },
  ],
  objects: [fund, gift, constituent],
  extend: { Contact: { ...contactGiving.fields, ...contactFields }, Account: accountGiving.fields },
  conditions: { Contact: contactGiving.conditions, Account: accountGiving.conditions },
  errors: [allocationMismatch, deceasedContact],
  rules: [oneDonor, allocations, deceased, notCalled],
  acts: giftActs,
  operations: [recordDeath],
  seeds: [generalFund],
})
