import type { Row } from '../data/row.ts'
import { ident, join, type Sql, sql } from '../data/sql.ts'
import { CHANGE_OPERATIONS } from '../declare/change.ts'
import type { HandledChange } from '../declare/handler.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { elementsOf, type Reading } from '../reads/reading.ts'
import type { Registry } from '../registry/object-type.ts'
import { visibleChangeFields } from '../writes/visible-change-fields.ts'
import { encodeLogCursor } from './cursor.ts'

/** SQL of the columns of a change that `changeKind` needs. */
export interface ChangeColumns {
  readonly workspaceId: Sql
  readonly type: Sql
  readonly recordId: Sql
}

/**
 * Returns SQL for the variant of the record that a change is about, such as `CALL`; null for a type without variants.
 * @param types Names of the objects that the change may be of.
 */
export function changeKind({ objects }: Registry, types: readonly string[], change: ChangeColumns): Sql {
  const kinds = types.flatMap((type) => {
    const object = objects.get(type)
    if (!object?.discriminator) return []
    const { column } = object.discriminator
    return [
      sql`when ${type} then (select r.${ident(column)}::text from ${ident(object.model.table)} r
        where r.workspace_id = ${change.workspaceId} and r.id = ${change.recordId})`,
    ]
  })
  return kinds.length > 0 ? sql`case ${change.type} ${join(kinds, ' ')} end` : sql`null`
}

/** A change as the code of a plugin gets it: the value of `compileHandledChange`. */
export interface CompiledChange extends Compiled {
  shape(value: unknown): HandledChange
}

/**
 * Compiles a row of the log to the change that the code of a plugin gets. Its `changedFields` are those that the caller
 * may see.
 * @param types Names of the objects that the change may be of.
 */
export function compileHandledChange(reading: Reading, row: Row, types: readonly string[]): CompiledChange {
  const column = (name: string) => row.column(name)
  const kind = changeKind(reading.registry, types, {
    workspaceId: column('workspaceId'),
    type: column('type'),
    recordId: column('recordId'),
  })
  const isVisibleField = visibleChangeFields(reading)
  return {
    sql: sql`json_build_array(${column('xid')}::text, ${column('seq')}::text, ${column('at')}, ${column('operation')}, ${column('type')}, ${kind}, ${column('recordId')}, ${column('actorId')}, ${column('changedFields')})`,
    shape(value) {
      const [xid, seq, at, operation, type, kindName, recordId, actorId, changedFields] = elementsOf(value)
      const known = CHANGE_OPERATIONS.find((candidate) => candidate === operation)
      if (!known) throw new Error(`The log has the operation ${String(operation)}, which does not exist.`)
      return {
        cursor: encodeLogCursor(String(xid), String(seq)),
        at: new Date(String(at)),
        operation: known,
        type: String(type),
        kind: typeof kindName === 'string' ? kindName : null,
        recordId: String(recordId),
        actorId: String(actorId),
        changedFields: elementsOf(changedFields ?? [])
          .map(String)
          .filter((field) => isVisibleField(String(type), field)),
      }
    },
  }
}
