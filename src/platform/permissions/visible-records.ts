import { inSameWorkspace, type Row, rowOf, tableOf } from '../data/row.ts'
import { and, or, type Sql, sql } from '../data/sql.ts'
import type { AccessContext } from './access-context.ts'
import { accessConditions } from './record-access.ts'

/** That a row of the log or the audit is of a record that the caller may see, as it is now, put away or not. */
export function visibleRecordCondition(context: AccessContext, row: Row): Sql {
  const whole: string[] = []
  const limited: Sql[] = []
  for (const object of context.registry.objects.values()) {
    if (object.writes.size === 0) continue
    const record = rowOf(context.alias(), object.model)
    const reached = accessConditions(context, object, record, 'read')
    if (reached?.length === 0) whole.push(object.name)
    else if (reached) {
      const met = and([
        inSameWorkspace(context, record),
        sql`${record.column('id')} = ${row.column('recordId')}`,
        ...reached,
      ])
      limited.push(
        sql`(${row.column('type')} = ${object.name} and exists (select from ${tableOf(object, record)} where ${met}))`,
      )
    }
  }
  return or([sql`${row.column('type')} = any(${whole}::text[])`, ...limited])
}
