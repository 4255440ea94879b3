import { defineRule, defineUserError, ruleViolation, sql, userError } from 'rapport/plugin'

export const deceasedContact = defineUserError({
  name: 'DeceasedContactError',
  description: 'A person would be logged as called who had died by then.',
  code: 'CONTACT_DECEASED',
  fields: { deceasedOn: { type: 'Date', isNullable: true, description: 'Day of death, where it is known.' } },
})

export const deceased = defineRule({
  name: 'nonprofit.deceased',
  description: 'Who has a day of death has died, and who has not died has none.',
  object: 'Constituent',
  on: ['create', 'update'],
  isIntegral: true,
  before: ({ values: { deceasedOn, isDeceased } }) => ({
    patch: deceasedOn ? { isDeceased: true } : isDeceased === false ? { deceasedOn: null } : {},
  }),
})

/** The day itself counts as well: who was called before they died that day can be logged with the rule switched off. */
export const notCalled = defineRule({
  name: 'nonprofit.notCalled',
  description: 'Nobody is logged as called on the day of their death or after it.',
  object: 'Interaction',
  on: ['create', 'update'],
  async before({ id, before, values, items }, { transaction, records, now, can }) {
    const { kind, occurredAt = now } = { ...before, ...values }
    const sent = items.get('participants')?.map(({ contactId }) => contactId)
    if (kind !== 'CALL' || !(sent ? sent.some(Boolean) : before && values.occurredAt)) return undefined
    const { workspaceId } = transaction
    const called = sent
      ? sql`${sent}::uuid[]`
      : sql`array(select contact_id from interaction_participants where workspace_id = ${workspaceId}::uuid and interaction_id = ${id}::uuid)`
    const dead = await transaction.query<{ id: string; contactId: string }>(
      sql`select id, contact_id as "contactId" from nonprofit_constituents
        where workspace_id = ${workspaceId}::uuid and contact_id = any(${called}) and is_deceased
          and (deceased_on is null or deceased_on <= ${occurredAt}::date)`,
    )
    // Of a death that the caller may not know of they learn that the person can't be called, and no more.
    const ids = dead.map((constituent) => constituent.id)
    const known = ids.length > 0 && can('constituent:read') ? await records.find('Constituent', { ids }) : []
    const refusals = dead.map(({ id: constituentId, contactId }) => {
      const path = sent ? ['participants', String(sent.indexOf(contactId)), 'contactId'] : ['occurredAt']
      const told = known.find((constituent) => constituent['id'] === constituentId)
      if (told?.['isDeceased'] !== true)
        return ruleViolation('nonprofit.notCalled', ['input', ...path], 'This person can’t be logged as called.')
      const message = 'This person has died and can’t be logged as called.'
      const deceasedOn = typeof told['deceasedOn'] === 'string' ? told['deceasedOn'] : null
      return userError(deceasedContact, ['input', ...path], message, { deceasedOn })
    })
    return { refusals }
  },
})
