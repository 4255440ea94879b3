import { inSameWorkspace, type Row, rowOf, tableOf } from '../data/row.ts'
import { and, or, type Sql, sql } from '../data/sql.ts'
import type { AccessContext } from './access-context.ts'
import { accessConditions } from './record-access.ts'

/**
 * Returns the condition that the caller may see the record that a row of the log or the audit is about. It checks the
 * record as it is now, soft-deleted or not. It is false for records of objects that clients can't write.
 */
export function visibleRecordCondition(context: AccessContext, row: Row): Sql {
  const unrestrictedTypes: string[] = []
  const restricted: Sql[] = []
  for (const object of context.registry.objects.values()) {
    if (object.writes.size === 0) continue
    const record = rowOf(context.alias(), object.model)
    const conditions = accessConditions(context, object, record, 'read')
    if (conditions?.length === 0) unrestrictedTypes.push(object.name)
    else if (conditions) {
      const isVisible = and([
        inSameWorkspace(context, record),
        sql`${record.column('id')} = ${row.column('recordId')}`,
        ...conditions,
      ])
      restricted.push(
        sql`(${row.column('type')} = ${object.name} and exists (select from ${tableOf(object, record)} where ${isVisible}))`,
      )
    }
  }
  return or([sql`${row.column('type')} = any(${unrestrictedTypes}::text[])`, ...restricted])
}
