import type { Row } from '../data/row.ts'
import { sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import { elementsOf, type Reading } from './reading.ts'
import { subfields } from './select.ts'

/**
 * When reads of the object are audited, extends the compiled record: its `shape` also adds the record's uuid to
 * `reading.auditedReads`. Returns `record` unchanged when reads are not audited, and when the client selects only `id`
 * and `__typename`, which reveal no data of the record.
 */
export function withAuditedReads(
  reading: Reading,
  object: ObjectType,
  row: Row,
  group: FieldGroup,
  record: Compiled,
): Compiled {
  if (!object.auditsReads || !selectsData(reading, object, group)) return record
  const ids = reading.auditedReads.get(object.name) ?? new Set()
  reading.auditedReads.set(object.name, ids)
  return {
    sql: sql`json_build_array(${row.column('id')}, ${record.sql})`,
    shape(value) {
      if (value === null) return null
      const [id, recordValue] = elementsOf(value)
      ids.add(String(id))
      return record.shape(recordValue)
    },
  }
}

/** Fields whose selection alone is not audited. */
const NOT_AUDITED: ReadonlySet<string> = new Set(['id', '__typename'])

function selectsData(reading: Reading, { name, variants }: ObjectType, group: FieldGroup): boolean {
  const types = variants.size > 0 ? [...variants.values()].map((variant) => variant.name) : [name]
  return types.some((type) =>
    [...subfields(reading, type, group).values()].some(([node]) => !NOT_AUDITED.has(node.name.value)),
  )
}
