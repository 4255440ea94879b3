import type { Row } from '../data/row.ts'
import { type Sql, sql } from '../data/sql.ts'
import { CHANGE_OPERATIONS } from '../declare/change.ts'
import type { AccessContext } from './access-context.ts'
import { can } from './grants.ts'
import { visibleRecordCondition } from './visible-records.ts'

/** The permission to read the whole audit, including where requests came from. */
export const READ_AUDIT = 'audit:read'

/**
 * Returns the conditions of the audit entries that the caller may see. With the permission `audit:read` these are all
 * entries, otherwise only the entries of writes to records that the caller may see.
 */
export function visibleEntryConditions(context: AccessContext, row: Row): Sql[] {
  if (context.isSystem || can(context.actor, READ_AUDIT)) return []
  return [
    sql`${row.column('operation')}::text = any(${[...CHANGE_OPERATIONS]}::text[])`,
    visibleRecordCondition(context, row),
  ]
}
