import { hiddenFromPlanner, ident, type Sql, sql } from '../data/sql.ts'
import type { WorkspaceStatements } from '../data/transaction.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'

/** A table whose rows form a tree by the column `parent_id`. */
export interface Tree {
  readonly table: string
  /** Maximum number of levels of the tree. Rows at deeper levels are not read, and can't be written. */
  readonly levels: number
}

// In these queries, `offset 0` makes PostgreSQL use an index (on the id or on the parent) for each row. With a plain join
// it may scan all rows of the workspace at every level, as long as it has no statistics about a new workspace.

/**
 * Returns a query for a row and its ancestors, nearest first. Its columns are `id` and `level`: 1 for the row itself, 2
 * for its parent, and so on.
 */
export function branchAbove({ table, levels }: Tree, workspaceId: Sql, id: Sql): Sql {
  return sql`with recursive above as (
    select id, parent_id, 1 as level from ${ident(table)} where workspace_id = ${workspaceId} and id = ${id}
    union all
    select up.id, up.parent_id, above.level + 1 from above cross join lateral (
      select id, parent_id from ${ident(table)} where workspace_id = ${workspaceId} and id = above.parent_id offset 0
    ) up where above.level < ${levels}::int
  ) select id, level from above`
}

/**
 * Returns a query for a row and its descendants. Its columns are `id` and `level`: 1 for the row itself, 2 for its
 * children, and so on.
 * @param isFollowed Condition on the columns of a descendant. A row that does not meet it is left out, with its own
 * descendants. Default: all descendants are returned.
 */
export function branchBelow({ table, levels }: Tree, workspaceId: Sql, id: Sql, isFollowed: Sql = sql`true`): Sql {
  return sql`with recursive below as (
    select ${id} as id, 1 as level
    union all
    select down.id, below.level + 1 from below cross join lateral (
      select id from ${ident(table)} where workspace_id = ${workspaceId} and parent_id = below.id and ${isFollowed} offset 0
    ) down where below.level < ${levels}::int
  ) select id, level from below`
}

/**
 * Returns the reason why a row can't get the parent, or null when it can: `CIRCLE` when the parent is the row itself or
 * one of its descendants, `TOO_DEEP` when the tree would have too many levels. Locks the workspace: otherwise two
 * concurrent transactions could make two rows each other's parent.
 */
export async function misplacement(
  tree: Tree,
  transaction: WorkspaceStatements,
  write: Pick<PendingWrite, 'kind' | 'id'>,
  parentId: string,
): Promise<'CIRCLE' | 'TOO_DEEP' | null> {
  await lockWorkspace(transaction)
  const workspaceId = hiddenFromPlanner(transaction.workspaceId)
  const above = await transaction.query<{ id: string }>(branchAbove(tree, workspaceId, sql`${parentId}::uuid`))
  if (above.some(({ id }) => id === write.id)) return 'CIRCLE'
  const isNew = write.kind === 'create'
  const movedLevels = isNew ? 1 : await depthOf(branchBelow(tree, workspaceId, sql`${write.id}::uuid`), transaction)
  return above.length + movedLevels > tree.levels ? 'TOO_DEEP' : null
}

/** Returns the number of levels of a branch. */
async function depthOf(branch: Sql, transaction: WorkspaceStatements): Promise<number> {
  const [row] = await transaction.query<{ levels: number }>(sql`select max(level) as levels from (${branch}) branch`)
  return row?.levels ?? 1
}

/**
 * Locks the workspace until the end of the transaction. Transactions of a workspace that call this function run one
 * after the other, and each transaction sees what the earlier transactions have committed.
 */
export async function lockWorkspace(transaction: WorkspaceStatements): Promise<void> {
  await transaction.query(sql`select 1 from workspaces where id = ${transaction.workspaceId}::uuid for no key update`)
}
