import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import type { PendingWrite, RecordRule } from '../../platform/declare/rules/rule.ts'
import { rightsViolation } from '../../platform/declare/rules/user-errors.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { forAllRecords, lacking, listed } from './roles/escalation.ts'

const NAME = 'workspaces.teamWithinOwnRights'

/**
 * A grant with the scope `@team` covers the records that members of the user's teams own. So a new member gets access
 * to records of the other members, and the other members get access to records of the new member. Therefore changing
 * the members requires every permission that any role of the workspace grants with `@team`.
 */
export const teamWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Changing the members of a team requires, for all records, every permission that any role grants with the scope @team.',
  object: 'Team',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    if (!(await changesMembers(context, write))) return undefined
    const missing = lacking(work, await permissionsByTeam(context))
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'members']
    const why = `Members of a team may get ${listed(missing)} by the scope @team, which you do not have yourself for all records.`
    return { refusals: [rightsViolation(NAME, path, missing, why)] }
  },
}

/** Whether a write changes who is in a team: it replaces the members by others, or restores a team with members. */
export async function changesMembers({ unrestricted }: PluginContext, write: PendingWrite): Promise<boolean> {
  const sent = write.items.get('members')
  if (!sent && write.kind !== 'restore') return false
  const now = new Set(sent?.map((row) => String(row['userId'])))
  const had = await unrestricted.prisma.teamMember.findMany({ where: { teamId: write.id }, select: { userId: true } })
  return now.size !== had.length || had.some(({ userId }) => !now.has(userId))
}

/** Returns what the roles of the workspace grant with the scope `@team`, as permissions on all records. */
async function permissionsByTeam({ unrestricted }: PluginContext): Promise<string[]> {
  const roles = await unrestricted.prisma.role.findMany({ where: { deletedAt: null }, select: { permissions: true } })
  return roles.flatMap(({ permissions }) => forAllRecords(permissions, 'team'))
}
