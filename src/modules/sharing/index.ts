import { definePlugin } from '../../platform/declare/plugin.ts'
import { recordGrant, recordGrantConditions } from './record-grant.ts'
import { recordGrantFits, recordGrantWithinOwnRights } from './record-grant-rules.ts'
import { teamSharingWithinOwnRights } from './shared-team-rules.ts'
import { sharingRule } from './sharing-rule.ts'
import { sharingRuleFits, sharingRuleWithinOwnRights } from './sharing-rule-rules.ts'

export const sharing = definePlugin({
  id: 'sharing',
  description: 'Shares records with roles, teams and users, by sharing rules and record grants.',
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
