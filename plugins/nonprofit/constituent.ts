import { computed, defineObject, defineOperation, type RowReference, type Sql, sql } from 'rapport/plugin'

export const constituent = defineObject({
  model: 'Constituent',
  prefix: 'constituent',
  columns: { isDeceased: {}, deceasedOn: {} },
  relations: { contact: {} },
  writes: ['create', 'update'],
})

const known = (contact: RowReference, column: Sql) =>
  sql`select ${column} from nonprofit_constituents c where c.workspace_id = ${contact.column('workspaceId')} and c.contact_id = ${contact.column('id')}`

/** What is known of a person's death. */
export const contactFields = {
  isDeceased: computed({
    type: 'Boolean',
    permission: 'constituent:read',
    description: 'Whether the person is known to have died; null where the caller may not know.',
    value: (contact) => sql`coalesce((${known(contact, sql`c.is_deceased`)}), false)`,
  }),
  deceasedOn: computed({
    type: 'Date',
    permission: 'constituent:read',
    description: 'Day of death, where it is known.',
    value: (contact) => known(contact, sql`c.deceased_on`),
  }),
}

/** Whoever hears of a death has only to know the person, not whether something was kept about them before. */
export const recordDeath = defineOperation({
  name: 'recordDeath',
  description: 'Notes that a person has died. They can’t be logged as called from that day on.',
  input: {
    contactId: { type: 'ID', isRequired: true, description: 'The person.' },
    deceasedOn: { type: 'Date', description: 'Day of death, where it is known.' },
  },
  payload: { constituent: { type: 'Constituent', isNullable: true, description: 'What was noted.' } },
  permission: 'constituent:update',
  async run({ contactId, deceasedOn = null }, { records }) {
    const [kept] = await records.find('Constituent', { filter: { contact: { is: { id: { equals: contactId } } } } })
    const { id, userErrors } = kept
      ? await records.update('Constituent', String(kept['id']), { deceasedOn, isDeceased: true })
      : await records.create('Constituent', { contactId, deceasedOn, isDeceased: true })
    return { values: { constituent: id }, userErrors }
  },
})
