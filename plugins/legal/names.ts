import { defineObject, type RecordRule, sql } from 'rapport/plugin'

export const alternateName = defineObject({
  model: 'AlternateName',
  prefix: 'altname',
  plural: 'alternateNames',
  columns: { name: {} },
  relations: { contact: {}, account: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** The plugin writes it by itself: who may rename somebody need not be allowed to make alternate names. */
const formerName = (object: 'Contact' | 'Account', columns: readonly string[], shown: string): RecordRule => ({
  name: `legal.former${object}Name`,
  description: 'Who is called something else from now on keeps the old name as an alternate one.',
  object,
  on: ['update'],
  async after({ id, before, values }, { transaction, actor, now }) {
    if (!before || columns.every((column) => !(column in values) || values[column] === before[column])) return
    const [name, contactId, accountId] = [before[shown], ...(object === 'Contact' ? [id, null] : [null, id])]
    await transaction.query(sql`insert into legal_names
        (workspace_id, id, name, contact_id, account_id, created_at, updated_at, created_by_id, updated_by_id)
      select ${transaction.workspaceId}::uuid, gen_random_uuid(), ${name}::text, ${contactId}::uuid, ${accountId}::uuid,
        ${now}::timestamptz, ${now}::timestamptz, ${actor.id}::uuid, ${actor.id}::uuid
      where not exists (select from legal_names where workspace_id = ${transaction.workspaceId}::uuid and
        (contact_id = ${contactId}::uuid or account_id = ${accountId}::uuid) and search_text = rapport_fold(${name}::text))`)
  },
})

export const formerContactName = formerName('Contact', ['firstName', 'lastName'], 'fullName')
export const formerAccountName = formerName('Account', ['name'], 'name')
