import { definePlugin } from '../../platform/declare/plugin.ts'
import { recordGrant, recordGrantConditions } from './record-grant.ts'
import { recordGrantFits, recordGrantWithinOwnRights } from './record-grant-rules.ts'
import { teamSharingWithinOwnRights } from './shared-team-rules.ts'
import { sharingRule } from './sharing-rule.ts'
import { sharingRuleFits, sharingRuleWithinOwnRights } from './sharing-rule-rules.ts'

/** Who else reaches a record, beside those whom it belongs to. */
export const sharing = definePlugin({
  id: 'sharing',
  description: 'Records shared with roles, teams and users: by rules, and one by one.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [sharingRule, recordGrant],
  conditions: { RecordGrant: recordGrantConditions },
  rules: [
    sharingRuleFits,
    sharingRuleWithinOwnRights,
    recordGrantFits,
    recordGrantWithinOwnRights,
    teamSharingWithinOwnRights,
  ],
})
