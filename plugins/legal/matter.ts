import { defineAct, defineItem, defineObject, items, longText, many, ruleViolation } from 'rapport/plugin'

/** The role of a party in a matter, for the edges of `matters`: they do not repeat the record that is the party. */
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
    parties: items({
      description: 'Parties of the matter, such as clients and adverse parties.',
      item: party,
      by: 'matter',
    }),
    deadlines: many({ description: 'Deadlines of the matter.', object: 'Deadline', by: 'matter' }),
    conflictReports: many({
      description: 'Stored conflict checks of the matter.',
      object: 'ConflictReport',
      by: 'matter',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/**
 * Returns the fields that the plugin adds to contacts or accounts: their matters and alternate names.
 * @param by The relation of a party or alternate name to the record.
 */
export function partyFields(by: 'contact' | 'account') {
  const link = { item: role, by, to: 'matter' }
  return {
    matters: many({
      description: `Matters in which the ${by} is a party. Each edge has the role of the ${by}.`,
      object: 'Matter',
      link,
    }),
    alternateNames: many({
      description: `Other names of the ${by}, such as former names and other spellings.`,
      object: 'AlternateName',
      by,
    }),
  }
}

export const closeMatter = defineAct({
  name: 'closeMatter',
  description: 'Closes a matter that is finished or declined.',
  object: 'Matter',
  apply: ({ status }, { now }) =>
    status === 'CLOSED'
      ? { refusals: [ruleViolation('legal.status', ['input', 'id'], 'The matter is already closed.')] }
      : { patch: { status: 'CLOSED', closedOn: now.toISOString().slice(0, 10) } },
})
