import { defineRule, defineUserError, ruleViolation, sql, userError } from 'rapport/plugin'

export const deceasedContact = defineUserError({
  name: 'DeceasedContactError',
  description: 'A call was to be logged with a person who had died by then.',
  code: 'CONTACT_DECEASED',
  fields: { deceasedOn: { type: 'Date', isNullable: true, description: 'Day of death; null when it is unknown.' } },
})

export const deceased = defineRule({
  name: 'nonprofit.deceased',
  description: 'A constituent with a day of death is deceased, and one that is not deceased has no day of death.',
  object: 'Constituent',
  on: ['create', 'update'],
  isIntegral: true,
  before: ({ values: { deceasedOn, isDeceased } }) => ({
    patch: deceasedOn ? { isDeceased: true } : isDeceased === false ? { deceasedOn: null } : {},
  }),
})

/**
 * Refuses every call with a participant whose day of death is unknown. The day of death itself counts too: a call earlier on
 * that day can be logged while the rule is switched off.
 */
export const notCalled = defineRule({
  name: 'nonprofit.notCalled',
  description: 'A call on or after the day of death of a participant can’t be logged.',
  object: 'Interaction',
  on: ['create', 'update'],
  async before({ id, before, values, items }, { transaction, records, now, can }) {
    const { kind, occurredAt = now } = { ...before, ...values }
    const sentContactIds = items.get('participants')?.map(({ contactId }) => contactId)
    if (kind !== 'CALL' || !(sentContactIds ? sentContactIds.some(Boolean) : before && values.occurredAt))
      return undefined
    const { workspaceId } = transaction
    const participantIds = sentContactIds
      ? sql`${sentContactIds}::uuid[]`
      : sql`array(select contact_id from interaction_participants where workspace_id = ${workspaceId}::uuid and interaction_id = ${id}::uuid)`
    const deceasedParticipants = await transaction.query<{ id: string; contactId: string }>(
      sql`select id, contact_id as "contactId" from nonprofit_constituents
        where workspace_id = ${workspaceId}::uuid and contact_id = any(${participantIds}) and is_deceased
          and (deceased_on is null or deceased_on <= ${occurredAt}::date)`,
    )
    // A caller who may not read the constituent learns only that the person can't be logged as called.
    const ids = deceasedParticipants.map((constituent) => constituent.id)
    const readable = ids.length > 0 && can('constituent:read') ? await records.find('Constituent', { ids }) : []
    const refusals = deceasedParticipants.map(({ id: constituentId, contactId }) => {
      const path = sentContactIds
        ? ['participants', String(sentContactIds.indexOf(contactId)), 'contactId']
        : ['occurredAt']
      const constituent = readable.find((record) => record['id'] === constituentId)
      if (constituent?.['isDeceased'] !== true)
        return ruleViolation('nonprofit.notCalled', ['input', ...path], 'This person can’t be logged as called.')
      const message = 'This person has died and can’t be logged as called.'
      const deceasedOn = typeof constituent['deceasedOn'] === 'string' ? constituent['deceasedOn'] : null
      return userError(deceasedContact, ['input', ...path], message, { deceasedOn })
    })
    return { refusals }
  },
})
