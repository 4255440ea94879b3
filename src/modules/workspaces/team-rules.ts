import { sql } from '../../platform/data/sql.ts'
import type { PendingWrite, RecordRule } from '../../platform/declare/rules/rule.ts'
import { rightsViolation } from '../../platform/declare/rules/user-errors.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { workOf } from '../../platform/request/plugin-work.ts'
import { forAllRecords, lacking, listed } from './roles/escalation.ts'

const NAME = 'workspaces.teamWithinOwnRights'

/** Whoever comes into a team may reach what its members own, and they what the newcomer owns. */
export const teamWithinOwnRights: RecordRule = {
  name: NAME,
  description:
    'Nobody changes the members of a team without having, for all records, every permission that a role grants for those of a team.',
  object: 'Team',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  async before(write, context) {
    const work = workOf(context)
    if (!(await changesMembers(work, write))) return undefined
    const missing = lacking(work, await permissionsByTeam(work))
    if (missing.length === 0) return undefined
    const path = ['input', write.kind === 'restore' ? 'id' : 'members']
    const why = `Being in a team may allow ${listed(missing)}, which you do not have yourself for all records.`
    return { refusals: [rightsViolation(NAME, path, missing, why)] }
  },
}

/** Whether a write to a team changes who is in it: other users than before, or a team with members that comes back. */
export async function changesMembers({ transaction }: UnitOfWork, write: PendingWrite): Promise<boolean> {
  const sent = write.items.get('members')
  if (!sent && write.kind !== 'restore') return false
  const now = new Set(sent?.map((row) => String(row['userId'])))
  const had = await transaction.query<{ id: string }>(
    sql`select user_id as id from team_members
        where workspace_id = ${transaction.workspaceId}::uuid and team_id = ${write.id}::uuid`,
  )
  return now.size !== had.length || had.some(({ id }) => !now.has(id))
}

/** What roles of the workspace allow with records of a team, as if for all records. */
async function permissionsByTeam({ transaction }: UnitOfWork): Promise<string[]> {
  const roles = await transaction.query<{ permissions: readonly string[] }>(
    sql`select permissions from roles
        where workspace_id = ${transaction.workspaceId}::uuid and deleted_at is null and permissions::text like '%@team%'`,
  )
  return roles.flatMap(({ permissions }) => forAllRecords(permissions, 'team'))
}
