import { type Sql, sql } from '../data/sql.ts'
import { READ_AUDIT, WRITES } from '../log/audit-constants.ts'
import type { Reading, Row } from '../reads/reading.ts'
import { can } from './grants.ts'
import { ofVisibleRecords } from './visible-records.ts'

/** Conditions of the entries that the caller may see: of writes to records that they may see, or all with the permission. */
export function visibleEntries(reading: Reading, row: Row): Sql[] {
  if (reading.isSystem || can(reading.actor, READ_AUDIT)) return []
  return [sql`${row.column('operation')}::text = any(${[...WRITES]}::text[])`, ofVisibleRecords(reading, row)]
}
