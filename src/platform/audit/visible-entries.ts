import { can } from '../access/permissions.ts'
import { ofVisibleRecords } from '../changes/visible-records.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { Reading, Row } from '../reads/reading.ts'
import { READ_AUDIT, WRITES } from './writes.ts'

/** Conditions of the entries that the caller may see: of writes to records that they may see, or all with the permission. */
export function visibleEntries(reading: Reading, row: Row): Sql[] {
  if (reading.isSystem || can(reading.actor, READ_AUDIT)) return []
  return [sql`${row.column('operation')}::text = any(${[...WRITES]}::text[])`, ofVisibleRecords(reading, row)]
}
