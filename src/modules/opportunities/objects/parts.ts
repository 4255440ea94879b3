import { z } from 'zod'
import { longText } from '../../../platform/declare/objects/column-input.ts'
import { items, many } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'

const contactRole = defineItem({
  model: 'OpportunityContact',
  columns: { role: {}, isPrimary: {} },
  relations: { contact: {} },
})

/** The same role, for the edges of `Contact.opportunities`. It is read-only: clients write roles with the opportunity. */
const contactOpportunity = defineItem({
  model: 'OpportunityContact',
  name: 'ContactOpportunity',
  columns: { role: {}, isPrimary: {} },
})

const member = defineItem({
  model: 'OpportunityMember',
  columns: {
    role: {},
    splitPercent: {
      input: z
        .string()
        .regex(/^(?!0*(\.0*)?$)\d{1,3}(\.\d{1,2}0*)?$/, 'A percentage above 0, with at most two decimal places.'),
    },
  },
  relations: { user: { object: 'User' } },
})

const competitor = defineItem({
  model: 'OpportunityCompetitor',
  columns: { name: {}, strengths: { input: longText }, weaknesses: { input: longText }, isWinner: {} },
  relations: { account: {} },
})

/** The people, colleagues and competitors of an opportunity. */
export const parts = {
  contacts: many({
    description: 'People who take part in the decision. One of them is primary.',
    object: 'Contact',
    link: { item: contactRole, by: 'opportunity', to: 'contact', isWritten: true, primary: 'isPrimary' },
  }),
  members: items({
    description: 'Users who work on the deal. Their shares add up to 100 %, or nobody has a share.',
    item: member,
    by: 'opportunity',
    max: 50,
  }),
  competitors: items({
    description: 'Other suppliers who want to win the deal.',
    item: competitor,
    by: 'opportunity',
    max: 50,
  }),
}

/** Field that this module adds to contacts. */
export const contactFields = {
  opportunities: many({
    description: 'Deals in whose decision the person takes part.',
    object: 'Opportunity',
    link: { item: contactOpportunity, by: 'contact', to: 'opportunity' },
  }),
}

/** Field that this module adds to accounts. */
export const accountFields = {
  opportunities: many({
    description: 'Deals with the organisation.',
    object: 'Opportunity',
    by: 'account',
    defaultOrder: [{ field: 'closesOn', direction: 'ASC' }],
  }),
}
