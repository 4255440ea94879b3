import { hiddenFromPlanner, sql } from '../../platform/data/sql.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid } from '../../platform/declare/rules/user-errors.ts'

/** A system that sends the same interaction again gets the existing record, so it may retry. */
export const onceBySource = defineRule({
  name: 'interactions.onceBySource',
  description:
    'Interactions with the same source and source id are one interaction: creating it again returns the existing one.',
  object: 'Interaction',
  on: ['create'],
  isIntegral: true,
  async before(write, { transaction }) {
    const { source, sourceId } = write.values
    if (sourceId === undefined || sourceId === null) return undefined
    if (source === undefined || source === null)
      return {
        refusals: [invalid(['input', 'source'], 'A sourceId needs a source: the system that the id comes from.')],
      }
    const [existing] = await transaction.query<{ id: string }>(
      sql`select id from interactions where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and source = ${source}::text and source_id = ${sourceId}::text and deleted_at is null`,
    )
    return existing ? { existingId: existing.id } : undefined
  },
})

export const namedParticipants = defineRule({
  name: 'interactions.namedParticipants',
  description: 'A participant is a contact, a user or, when it is neither, a handle such as an address.',
  object: 'Interaction',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write) {
    const refusals = (write.items.get('participants') ?? []).flatMap((participant, index) => {
      const named = ['contactId', 'userId'].filter((key) => participant[key])
      const path = ['input', 'participants', String(index)]
      if (named.length > 1) return [invalid(path, 'A participant is a contact or a user, not both.')]
      return named.length === 0 && !participant['handle']
        ? [invalid(path, 'A participant needs a contactId, a userId or a handle.')]
        : []
    })
    return { refusals }
  },
})
