import type { App } from '../app.ts'
import { encodeId } from '../platform/declare/record-id.ts'

/** A committed write, as everybody who follows the log sees it. */
export interface CollectedChange {
  /** GraphQL type of the record. */
  readonly type: string
  readonly operation: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED'
  /** The record's id in the API. */
  readonly recordId: string
  readonly changedFields: readonly string[]
}

/** Committed changes of a workspace so far, first to last. */
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
