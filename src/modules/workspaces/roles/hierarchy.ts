import { sql } from '../../../platform/data/sql.ts'
import type { Transaction } from '../../../platform/data/transaction.ts'
import { defineRule, type PendingWrite, type RuleAnswer } from '../../../platform/operations/define.ts'
import { ruleViolation } from '../../../platform/operations/user-errors.ts'

/** Deepest hierarchy of roles. */
const MAX_DEPTH = 20
const NAME = 'workspaces.noRoleCycle'

/** Keeps the roles a tree, also when two writers move two roles under each other at once. */
export const noRoleCycle = defineRule({
  name: NAME,
  description: `A role is not below itself, and a hierarchy of roles is no deeper than ${MAX_DEPTH} levels.`,
  object: 'Role',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write, { transaction }): Promise<RuleAnswer | undefined> {
    const { parentId } = write.values
    if (!parentId || parentId === write.before?.parentId) return undefined
    await takeTurns(transaction)
    const above = await transaction.query<{ id: string }>(sql`with recursive above as (
      select id, parent_id, 1 as depth from roles where workspace_id = ${transaction.workspaceId}::uuid and id = ${parentId}::uuid
      union all
      select r.id, r.parent_id, above.depth + 1 from roles r join above on r.workspace_id = ${transaction.workspaceId}::uuid and r.id = above.parent_id where above.depth < ${MAX_DEPTH}::int
    ) select id from above`)
    const refuse = (message: string) => ({ refusals: [ruleViolation(NAME, ['input', 'parentId'], message)] })
    if (above.some(({ id }) => id === write.id))
      return refuse('The role above lies below this one: that would be a circle.')
    if (above.length + (await levelsFrom(write, transaction)) > MAX_DEPTH)
      return refuse(`A hierarchy of roles is ${MAX_DEPTH} levels deep at most.`)
    return undefined
  },
})

/** Writes about who may do what take turns in a workspace: each sees what the one before it has committed. */
export async function takeTurns(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select 1 from workspaces where id = ${transaction.workspaceId}::uuid for no key update`)
}

/** Levels of the branch that is moved: 1 for a role with none below it. */
async function levelsFrom(write: Pick<PendingWrite, 'kind' | 'id'>, transaction: Transaction): Promise<number> {
  if (write.kind === 'create') return 1
  const [row] = await transaction.query<{ levels: number }>(sql`with recursive below as (
    select ${write.id}::uuid as id, 1 as depth
    union all
    select r.id, below.depth + 1 from roles r join below on r.workspace_id = ${transaction.workspaceId}::uuid and r.parent_id = below.id where below.depth <= ${MAX_DEPTH}::int
  ) select max(depth) as levels from below`)
  return row?.levels ?? 1
}
