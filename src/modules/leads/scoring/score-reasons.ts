import { sql } from '../../../platform/data/sql.ts'
import { rows } from '../../../platform/declare/objects/fields.ts'

export const scoreReasons = rows({
  description:
    'The scoring rules that the lead meets, with the points that each gives, in the order of the rules. The points add up to `score`.',
  row: {
    name: 'LeadScoreReason',
    description: 'Points that a lead has from a scoring rule.',
    columns: {
      rule: { type: 'String', isRequired: true, description: 'Name of the scoring rule.' },
      points: { type: 'Int', isRequired: true, description: 'The points, decayed as of `scoredAt` of the lead.' },
      reason: { type: 'String', isRequired: true, description: 'How the points came about, for a person to read.' },
      matchedAt: { type: 'DateTime', isRequired: true, description: 'When the lead met the filter of the rule first.' },
    },
  },
  permission: 'lead.score:read',
  query: (lead) => sql`select r.name as rule, e.points, e.matched_at as "matchedAt",
      coalesce(r.description || ' ', '') || case when r.half_life_days is null then r.points || ' points.'
        else r.points || ' points, halved every ' || r.half_life_days || ' days.' end as reason
    from lead_score_entries e join lead_scoring_rules r on r.workspace_id = e.workspace_id and r.id = e.rule_id
    where e.workspace_id = ${lead.column('workspaceId')} and e.lead_id = ${lead.column('id')}
    order by r.position, r.name, r.id`,
})
