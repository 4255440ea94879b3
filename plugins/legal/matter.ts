import { defineAct, defineItem, defineObject, items, longText, many, ruleViolation } from 'rapport/plugin'

const role = defineItem({ model: 'MatterParty', columns: { role: {}, name: {}, startedOn: {}, endedOn: {} } })
const party = { ...role, relations: { contact: {}, account: {} } }

export const matter = defineObject({
  model: 'Matter',
  prefix: 'matter',
  plural: 'matters',
  search: 'searchText',
  naturalKey: ['number'],
  columns: {
    number: {},
    name: {},
    description: { input: longText, order: false },
    practiceArea: {},
    status: { input: false },
    openedOn: { input: false },
    closedOn: { input: false },
  },
  relations: { responsible: { object: 'User' } },
  fields: {
    parties: items({ description: 'Whom it is for and against, and who else is in it.', item: party, by: 'matter' }),
    deadlines: many({ description: 'Days by which things have to be done.', object: 'Deadline', by: 'matter' }),
    conflictReports: many({ description: 'Conflict checks that were kept.', object: 'ConflictReport', by: 'matter' }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Matters on people or organisations, and the other names of these. `by` is the relation that leads to them. */
export function partyFields(by: 'contact' | 'account') {
  const link = { item: role, by, to: 'matter' }
  return {
    matters: many({ description: 'Matters that it is a party of; the edge tells as what.', object: 'Matter', link }),
    alternateNames: many({ description: 'Former names and other spellings.', object: 'AlternateName', by }),
  }
}

export const closeMatter = defineAct({
  name: 'closeMatter',
  description: 'Closes a matter that is over, or that is not taken on.',
  object: 'Matter',
  apply: ({ status }, { now }) =>
    status === 'CLOSED'
      ? { refusals: [ruleViolation('legal.status', ['input', 'id'], 'The matter is closed already.')] }
      : { patch: { status: 'CLOSED', closedOn: now.toISOString().slice(0, 10) } },
})
