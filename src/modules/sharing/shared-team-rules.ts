import { sql } from '../../platform/data/sql.ts'
import { defineRule, type RuleResult } from '../../platform/declare/rules/rule.ts'
import { rightsViolation } from '../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { changesMembers, lacking, listed } from '../workspaces/index.ts'
import { sharedActions } from './shareable.ts'

const NAME = 'sharing.teamWithinOwnRights'

/** Whoever comes into a team reaches what is shared with it, so it takes the right to all of that, as to write such a rule. */
export const teamSharingWithinOwnRights = defineRule({
  name: NAME,
  description: 'Nobody changes the members of a team with which more is shared than they may do themselves.',
  object: 'Team',
  on: ['update', 'restore'],
  isIntegral: true,
  async before(write, context): Promise<RuleResult | undefined> {
    const work = workOf(context)
    if (!(await changesMembers(work, write))) return undefined
    const missing = lacking(work, await permissionsBySharing(work, write.id))
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'members']
    const why = `What is shared with the team allows its members ${listed(missing)}, which you do not have yourself.`
    return { refusals: [rightsViolation(NAME, path, missing, why)] }
  },
})

/** What is shared with a team allows, as if for all records. */
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
