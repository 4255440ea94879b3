import { sql } from '../../platform/data/sql.ts'
import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { rightsViolation } from '../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { changesMembers, lacking, listed } from '../workspaces/index.ts'
import { sharedActions } from './shareable.ts'

const NAME = 'sharing.teamWithinOwnRights'

/**
 * New members of a team get access to the records that are shared with the team. So changing the members requires, for
 * all records, the permissions that this sharing gives, just as creating a sharing rule does.
 */
export const teamSharingWithinOwnRights = defineRule({
  name: NAME,
  description:
    'Changing the members of a team requires, for all records, the permissions that sharing rules and record grants give to the team.',
  object: 'Team',
  on: ['update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    const work = workOf(context)
    if (!(await changesMembers(work, write))) return undefined
    const missing = lacking(work, await permissionsBySharing(work, write.id))
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'members']
    const why = `Sharing gives the members of the team ${listed(missing)}, which you do not have yourself for all records.`
    return { refusals: [rightsViolation(NAME, path, missing, why)] }
  },
})

/** Returns what sharing rules and record grants allow to a team, as permissions on all records. */
async function permissionsBySharing({ transaction, context }: UnitOfWork, teamId: string): Promise<string[]> {
  const team = sql`workspace_id = ${transaction.workspaceId}::uuid and team_id = ${teamId}::uuid and deleted_at is null`
  const shared = await transaction.query<{ object: string; access: string }>(
    sql`select object, access::text as access from sharing_rules where ${team} and is_active
        union select record_type, access::text from record_grants where ${team} and (expires_at is null or expires_at > now())`,
  )
  return shared.flatMap(({ object: name, access }) => {
    const object = context.runtime.registry.objects.get(name)
    return object ? sharedActions(access).map((action) => `${object.singular}:${action}`) : []
  })
}
