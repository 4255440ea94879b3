import { rowOf, tableOf } from '../data/row.ts'
import { sql } from '../data/sql.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import { compileConnection } from '../reads/connection.ts'
import { compileFilter } from '../reads/filter/filter.ts'
import { orderKeys, orderTerms } from '../reads/order/order.ts'
import { objectNamed } from '../registry/registry.ts'

/**
 * Compiles `auditEntries(…)`: the whole audit of the workspace, by default with the latest entry first. The guard of
 * the field requires `audit:read`, so the entries are not restricted to records that the caller may see.
 */
export const readAudit: FieldRead = (place) => {
  const { reading, args } = place
  const object = objectNamed(reading.registry, 'AuditEntry')
  const row = rowOf(reading.alias(), object.model)
  const terms = orderTerms(args['orderBy'])
  return compileConnection(place, 'AuditEntryConnection', {
    object,
    row,
    from: tableOf(object, row),
    conditions: [
      sql`${row.column('workspaceId')} = ${reading.actor.workspaceId}::uuid`,
      ...(args['filter'] ? [compileFilter(reading, object, row, args['filter'])] : []),
    ],
    keys: orderKeys(reading, object, row, terms.length > 0 ? terms : [{ field: 'at', direction: 'DESC' }]),
  })
}
