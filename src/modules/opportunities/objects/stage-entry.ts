import { sql } from '../../../platform/data/sql.ts'
import { computed } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'

/** A period in one stage. Only the rule `opportunities.keepHistory` writes it. */
export const stageEntry = defineObject({
  model: 'OpportunityStageEntry',
  prefix: 'stageentry',
  visibleWith: {
    object: 'Opportunity',
    shows: (entry, opportunity) => sql`${opportunity.column('id')} = ${entry.column('opportunityId')}`,
  },
  columns: { enteredAt: { input: false }, leftAt: { input: false, order: false } },
  relations: { stage: { input: false } },
  fields: {
    seconds: computed({
      type: 'Int',
      isRequired: true,
      description: 'Seconds that the opportunity spent in the stage; until now if it is still in it.',
      value: (entry) =>
        sql`extract(epoch from coalesce(${entry.column('leftAt')}, greatest(${entry.now}, ${entry.column('enteredAt')})) - ${entry.column('enteredAt')})::int`,
    }),
  },
})
