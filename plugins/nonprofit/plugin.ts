import { definePlugin } from 'rapport/plugin'
import { allocationMismatch, allocations } from './allocations.ts'
import { constituent, contactFields, recordDeath } from './constituent.ts'
import { deceased, deceasedContact, notCalled } from './deceased.ts'
import { fund, generalFund, workspaceSettings } from './fund.ts'
import { gift, giftActs, oneDonor } from './gift.ts'
import { accountGiving, contactGiving } from './giving.ts'

/** Fundraising: gifts, their donors, and the funds that they are allocated to. */
export default definePlugin({
  id: 'nonprofit',
  description: 'Gifts of people and organisations, their allocation to funds, and the total that each donor has given.',
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
      purpose: 'To account for gifts. They stay, without the donor, when a person is erased.',
    },
    {
      model: 'Constituent',
      subject: 'contact',
      columns: ['isDeceased', 'deceasedOn'],
      purpose: 'To prevent calls to somebody who has died.',
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
