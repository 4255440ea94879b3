import { hiddenFromPlanner, sql } from '../../platform/data/sql.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid } from '../../platform/declare/rules/user-errors.ts'

/**
 * Returns the existing record to a system that sends the same interaction again, so that the system can safely retry.
 */
export const onceBySource = defineRule({
  name: 'interactions.onceBySource',
  description:
    'Creating an interaction with the `source` and `sourceId` of an existing interaction returns the existing interaction instead of creating a second one.',
  object: 'Interaction',
  on: ['create'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, { transaction }) {
    const { source, sourceId } = write.values
    if (sourceId === undefined || sourceId === null) return undefined
    if (source === undefined || source === null)
      return {
        refusals: [invalid(['input', 'source'], 'A sourceId needs a source: the system that the id comes from.')],
      }
    // hiddenFromPlanner: PostgreSQL's statistics do not contain a new workspace yet. If the planner saw its id, it
    // could choose a slow plan.
    const [existing] = await transaction.query<{ id: string }>(
      sql`select id from interactions where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and source = ${source}::text and source_id = ${sourceId}::text and deleted_at is null`,
    )
    return existing ? { existingId: existing.id } : undefined
  },
})

export const namedParticipants = defineRule({
  name: 'interactions.namedParticipants',
  description:
    'A participant is a contact or a user, not both. A participant who is neither a contact nor a user has a handle, such as an e-mail address.',
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
