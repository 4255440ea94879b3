import { hiddenFromPlanner, sql } from '../data/sql.ts'
import type { WorkspaceStatements } from '../data/transaction.ts'

/**
 * Returns the next number of a series of the workspace: 1, 2, 3 … The series is locked until the end of the transaction,
 * so that two records never get the same number, and a number is used again when the transaction is rolled back.
 * @param series Name of the series, such as the object whose records are numbered.
 */
export async function nextNumber(transaction: WorkspaceStatements, series: string): Promise<number> {
  const [row] = await transaction.query<{ last: number }>(sql`
    insert into record_numbers (workspace_id, series, last) values (${hiddenFromPlanner(transaction.workspaceId)}, ${series}, 1)
    on conflict (workspace_id, series) do update set last = record_numbers.last + 1 returning last`)
  if (!row) throw new Error('The statement returns the row that it wrote.')
  return row.last
}
