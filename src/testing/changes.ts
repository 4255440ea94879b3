import type { App } from '../app.ts'
import { encodeId } from '../platform/declare/record-id.ts'

/** A change (one committed write in the log of a workspace), with the record id instead of the uuid. */
export interface CollectedChange {
  /** GraphQL type of the record. */
  readonly type: string
  readonly operation: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED'
  /** Record id, such as `account_01jd…`. */
  readonly recordId: string
  readonly changedFields: readonly string[]
}

/** Returns all changes of a workspace that have been committed, in commit order. */
export async function collectChanges(
  { database, host }: Pick<App, 'database' | 'host'>,
  workspaceId: string,
): Promise<readonly CollectedChange[]> {
  const { rows } = await database.ownerPool.query<CollectedChange>(
    `select type, operation, record_id as "recordId", changed_fields as "changedFields"
     from changes where workspace_id = $1 order by xid, seq`,
    [workspaceId],
  )
  const { objects } = host.runtimeFor(host.loaded.map(({ plugin }) => plugin.id)).registry
  return rows.map((row) => {
    const prefix = objects.get(row.type)?.prefix
    return { ...row, recordId: prefix ? encodeId(prefix, row.recordId) : row.recordId }
  })
}
