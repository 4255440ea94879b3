import { and, or, type Sql, sql } from '../data/sql.ts'
import { inSameWorkspace, type Reading, type Row, rowOf } from '../reads/reading.ts'
import { tableOf } from '../reads/record.ts'
import { accessConditions } from './record-access.ts'

/** That a row of the log or the audit is of a record that the caller may see, as it is now, put away or not. */
export function ofVisibleRecords(reading: Reading, row: Row): Sql {
  const whole: string[] = []
  const limited: Sql[] = []
  for (const object of reading.registry.objects.values()) {
    if (object.writes.size === 0) continue
    const record = rowOf(reading.alias(), object.model)
    const reached = accessConditions(reading, object, record, 'read')
    if (reached?.length === 0) whole.push(object.name)
    else if (reached) {
      const met = and([
        inSameWorkspace(reading, record),
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
