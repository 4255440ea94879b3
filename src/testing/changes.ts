import type { App } from '../app.ts'
import { encodeId } from '../platform/declare/record-id.ts'

/** A change of the log, with the id that the record has in the API. */
export interface CollectedChange {
  /** GraphQL type of the record. */
  readonly type: string
  readonly operation: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED'
  /** The record's id in the API. */
  readonly recordId: string
  readonly changedFields: readonly string[]
}

/** Returns the changes of a workspace that are committed so far, in commit order. */
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
