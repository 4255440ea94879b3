import { hiddenFromPlanner, ident, type Sql, sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import type { PendingWrite } from '../declare/rules/rule.ts'

/** A table whose rows lie below others of it, by the column `parent_id`. */
export interface Tree {
  readonly table: string
  /** Deepest that is read or written. */
  readonly levels: number
}

// `offset 0` has PostgreSQL look each row up by its key. Joined, it may walk through a workspace at every level where its
// statistics do not tell how large that is.

/** The row and those above it, nearest first: `id`, `level` from 1. */
export function branchAbove({ table, levels }: Tree, workspaceId: Sql, id: Sql): Sql {
  return sql`with recursive above as (
    select id, parent_id, 1 as level from ${ident(table)} where workspace_id = ${workspaceId} and id = ${id}
    union all
    select up.id, up.parent_id, above.level + 1 from above cross join lateral (
      select id, parent_id from ${ident(table)} where workspace_id = ${workspaceId} and id = above.parent_id offset 0
    ) up where above.level < ${levels}::int
  ) select id, level from above`
}

/** The row and those below it: `id`, `level` from 1. Where `isFollowed` is not met for a row, by its columns, nothing is followed to it. */
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
 * Why a row can't be put below another: that one lies below it itself, or the tree would become too deep; null where it can.
 * Writers of trees take turns in a workspace, so that two of them don't move two rows under each other at once.
 */
export async function misplacement(
  tree: Tree,
  transaction: Transaction,
  write: Pick<PendingWrite, 'kind' | 'id'>,
  parentId: string,
): Promise<'CIRCLE' | 'TOO_DEEP' | null> {
  await takeTurns(transaction)
  const workspaceId = hiddenFromPlanner(transaction.workspaceId)
  const above = await transaction.query<{ id: string }>(branchAbove(tree, workspaceId, sql`${parentId}::uuid`))
  if (above.some(({ id }) => id === write.id)) return 'CIRCLE'
  const isNew = write.kind === 'create'
  const moved = isNew ? 1 : await levelsOf(branchBelow(tree, workspaceId, sql`${write.id}::uuid`), transaction)
  return above.length + moved > tree.levels ? 'TOO_DEEP' : null
}

async function levelsOf(branch: Sql, transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ levels: number }>(sql`select max(level) as levels from (${branch}) branch`)
  return row?.levels ?? 1
}

/** Waits until no other transaction of the workspace that does the same is under way: each sees what the one before it committed. */
export async function takeTurns(transaction: Transaction): Promise<void> {
  await transaction.query(sql`select 1 from workspaces where id = ${transaction.workspaceId}::uuid for no key update`)
}
