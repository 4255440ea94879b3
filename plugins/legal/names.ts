import { defineObject, type RecordRule, sql } from 'rapport/plugin'

export const alternateName = defineObject({
  model: 'AlternateName',
  prefix: 'altname',
  plural: 'alternateNames',
  columns: { name: {} },
  relations: { contact: {}, account: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

/**
 * Returns the rule that stores the former name of a renamed record as an alternate name. By `insert`, a caller
 * who may rename the record needs no permission to create alternate names.
 * @param columns The columns that make up the name.
 * @param fullNameColumn The column with the whole name.
 */
const formerName = (object: 'Contact' | 'Account', columns: readonly string[], fullNameColumn: string): RecordRule => ({
  name: `legal.former${object}Name`,
  description: 'Stores the former name of a renamed record as an alternate name.',
  object,
  on: ['update'],
  async after({ id, before, values }, { unrestricted, transaction, records }) {
    if (!before || columns.every((column) => !(column in values) || values[column] === before[column])) return
    const name = String(before[fullNameColumn])
    const [contactId, accountId] = object === 'Contact' ? [id, null] : [null, id]
    // The name may be stored already, in an alternate name that is hidden from the caller.
    const known =
      await unrestricted.query(sql`select from legal_names where workspace_id = ${transaction.workspaceId}::uuid
      and (contact_id = ${contactId}::uuid or account_id = ${accountId}::uuid) and search_text = rapport_fold(${name}::text)
      limit 1`)
    if (known.length === 0) await records.insert('AlternateName', { name, contactId, accountId })
  },
})

export const formerContactName = formerName('Contact', ['firstName', 'lastName'], 'fullName')
export const formerAccountName = formerName('Account', ['name'], 'name')
