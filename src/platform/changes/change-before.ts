import type { Row } from '../data/row.ts'
import { join, type Sql, sql } from '../data/sql.ts'
import { CHANGE_OPERATIONS } from '../declare/change.ts'
import type { Values } from '../declare/rules/values.ts'
import { visibleRecordCondition } from '../permissions/visible-records.ts'
import type { Reading } from '../reads/reading.ts'
import { visibleChangeFields } from '../writes/visible-change-fields.ts'
import { visibleChangeValues } from '../writes/visible-change-values.ts'

/**
 * Returns SQL for the old and new values of the fields that a change has changed, which its audit entry has; null when
 * the caller may not see the record, and when the audit entries of that time were deleted.
 *
 * A transaction may write a record several times. Each write raises the version of the record, so the entries have the
 * order of their versions, and the changes that of `seq`.
 * @param row Row of the table `changes`.
 */
export function loggedValues(reading: Reading, row: Row): Sql {
  const { column } = row
  const isOfRecord = (alias: Sql) =>
    sql`${alias}.workspace_id = ${column('workspaceId')} and ${alias}.record_id = ${column('recordId')} and ${alias}.xid = ${column('xid')}`
  const [entry, earlier] = [reading.alias(), reading.alias()]
  const operations = join(CHANGE_OPERATIONS.map((operation) => sql`${operation}`))
  return sql`case when ${visibleRecordCondition(reading, row)} then (
    select ${entry}.changes from audit_entries ${entry}
    where ${isOfRecord(entry)} and ${entry}.type = ${column('type')} and ${entry}.operation::text in (${operations})
    order by ${entry}.version
    offset (select count(*) from changes ${earlier} where ${isOfRecord(earlier)} and ${earlier}.type = ${column('type')} and ${earlier}.seq < ${column('seq')})
    limit 1) end`
}

/**
 * Returns a function that takes from the value of `loggedValues` what the fields were before the change, without the
 * fields and record ids that the caller may not see.
 */
export function visibleBefore(reading: Reading): (type: string, logged: unknown) => Values {
  const isVisibleField = visibleChangeFields(reading)
  const visibleValue = visibleChangeValues(reading)
  return (type, logged) =>
    Object.fromEntries(
      Object.entries(logged ?? {}).flatMap(([field, change]: [string, unknown]) => {
        const { from }: Values = Object.fromEntries(Object.entries(change ?? {}))
        return isVisibleField(type, field) ? [[field, visibleValue(type, field, from) ?? null]] : []
      }),
    )
}
