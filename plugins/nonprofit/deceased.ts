import { defineRule, defineUserError, ruleViolation, userError } from 'rapport/plugin'

export const deceasedContact = defineUserError({
  name: 'DeceasedContactError',
  description: 'The call can’t be logged, because a participant died on the day of the call or before.',
  code: 'CONTACT_DECEASED',
  fields: { deceasedOn: { type: 'Date', isNullable: true, description: 'Day of death; null when it is unknown.' } },
})

export const deceased = defineRule({
  name: 'nonprofit.deceased',
  description:
    'Marks a constituent with a day of death as deceased, and clears the day of death of a constituent that is not deceased.',
  object: 'Constituent',
  on: ['create', 'update'],
  isIntegral: true,
  before: ({ values: { deceasedOn, isDeceased } }) => ({
    patch: deceasedOn ? { isDeceased: true } : isDeceased === false ? { deceasedOn: null } : {},
  }),
})

/**
 * Refuses a call on or after the day of death of a participant, and any call when that day is unknown. A call from
 * earlier on the day of death can be logged only while an administrator has disabled the rule.
 */
export const notCalled = defineRule({
  name: 'nonprofit.notCalled',
  description: 'Refuses a call on or after the day of death of a participant.',
  object: 'Interaction',
  on: ['create', 'update'],
  async before({ id, before, values, items }, { unrestricted: { prisma }, records, now, can }) {
    const { kind, occurredAt = now } = { ...before, ...values }
    const sentContactIds = items.get('participants')?.map(({ contactId }) => contactId)
    if (kind !== 'CALL' || !(sentContactIds ? sentContactIds.some(Boolean) : before && values.occurredAt))
      return undefined
    // The rule holds for everybody, also for a caller who may not read constituents or the interaction.
    const participants =
      sentContactIds ??
      (await prisma.interactionParticipant.findMany({ where: { interactionId: id }, select: { contactId: true } })).map(
        ({ contactId }) => contactId,
      )
    const deceasedParticipants = await prisma.constituent.findMany({
      where: {
        contactId: { in: participants.filter((contactId) => typeof contactId === 'string') },
        isDeceased: true,
        OR: [{ deceasedOn: null }, { deceasedOn: { lte: occurredAt } }],
      },
      select: { id: true, contactId: true },
    })
    // The error for a caller who may not read the constituent does not say that the person has died.
    const ids = deceasedParticipants.map((constituent) => constituent.id)
    const readable = ids.length > 0 && can('constituent:read') ? await records.find('Constituent', { ids }) : []
    const refusals = deceasedParticipants.map(({ id: constituentId, contactId }) => {
      const path = sentContactIds
        ? ['participants', String(sentContactIds.indexOf(contactId)), 'contactId']
        : ['occurredAt']
      const constituent = readable.find((record) => record.id === constituentId)
      if (constituent?.isDeceased !== true)
        return ruleViolation('nonprofit.notCalled', ['input', ...path], 'A call with this person can’t be logged.')
      const message = 'This person has died, so the call can’t be logged.'
      return userError(deceasedContact, ['input', ...path], message, { deceasedOn: constituent.deceasedOn ?? null })
    })
    return { refusals }
  },
})
