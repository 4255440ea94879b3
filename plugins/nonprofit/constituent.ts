import { computed, defineObject, defineOperation, type RowReference, type Sql, sql } from 'rapport/plugin'

export const constituent = defineObject({
  model: 'Constituent',
  prefix: 'constituent',
  columns: { isDeceased: {}, deceasedOn: {} },
  relations: { contact: {} },
  writes: ['create', 'update'],
})

/** Returns a subquery for one column of the constituent of a contact. */
const constituentColumn = (contact: RowReference, column: Sql) =>
  sql`select ${column} from nonprofit_constituents c where c.workspace_id = ${contact.column('workspaceId')} and c.contact_id = ${contact.column('id')}`

/** Fields that the plugin adds to contacts. */
export const contactFields = {
  isDeceased: computed({
    type: 'Boolean',
    permission: 'constituent:read',
    description: 'Whether the person has died; null when the caller may not read constituents.',
    value: (contact) => sql`coalesce((${constituentColumn(contact, sql`c.is_deceased`)}), false)`,
  }),
  deceasedOn: computed({
    type: 'Date',
    permission: 'constituent:read',
    description: 'Day of death; null when it is unknown.',
    value: (contact) => constituentColumn(contact, sql`c.deceased_on`),
  }),
}

/** Creates the constituent (what fundraisers store about a contact), or updates the existing constituent. */
export const recordDeath = defineOperation({
  name: 'recordDeath',
  description: 'Records that a person has died. Calls with the person on the day of death or later can’t be logged.',
  input: {
    contactId: { type: 'ID', isRequired: true, description: 'The person.' },
    deceasedOn: { type: 'Date', description: 'Day of death; null or omitted when it is unknown.' },
  },
  payload: {
    constituent: { type: 'Constituent', isNullable: true, description: 'The constituent that was created or updated.' },
  },
  permission: 'constituent:update',
  async run({ contactId, deceasedOn = null }, { records }) {
    const [existing] = await records.find('Constituent', { filter: { contact: { is: { id: { equals: contactId } } } } })
    const { id, userErrors } = existing
      ? await records.update('Constituent', existing.id, { deceasedOn, isDeceased: true })
      : await records.create('Constituent', { contactId, deceasedOn, isDeceased: true })
    return { values: { constituent: id }, userErrors }
  },
})
