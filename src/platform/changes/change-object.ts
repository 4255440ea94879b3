import { sql } from '../data/sql.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import { custom } from '../declare/objects/fields.ts'
import { defineObject } from '../declare/objects/object.ts'
import { definePlugin } from '../declare/plugin.ts'
import { encodeId } from '../declare/record-id.ts'
import { elementsOf } from '../reads/reading.ts'
import { compileReference } from '../reads/reference.ts'
import type { Registry } from '../registry/object-type.ts'
import { visibleChangeFields } from '../writes/visible-change-fields.ts'
import { encodeLogCursor } from './cursor.ts'

/** Compiles the cursor of a change: its position in the log. */
export const readCursor: FieldRead = ({ row }) => ({
  sql: sql`json_build_array(${row.column('xid')}::text, ${row.column('seq')}::text)`,
  shape: (value) => {
    const [xid, seq] = elementsOf(value)
    return encodeLogCursor(String(xid), String(seq))
  },
})

const readRecordId: FieldRead = ({ reading, row }) => ({
  sql: sql`json_build_array(${row.column('type')}, ${row.column('recordId')})`,
  shape: (value) => {
    const [type, uuid] = elementsOf(value)
    return recordIdOf(reading.registry, String(type), String(uuid))
  },
})

/**
 * Returns the record id. The prefix of an object is not known when the workspace no longer uses its plugin: then the
 * object's name in lower case replaces the prefix.
 */
function recordIdOf(registry: Registry, type: string, uuid: string): string {
  return encodeId(registry.objects.get(type)?.prefix ?? type.toLowerCase(), uuid)
}

const readRecord: FieldRead = ({ reading, row, group }) =>
  compileReference({ reading, group }, 'Node', row, row.column('type'), row.column('recordId'), {
    includeDeleted: true,
  })

const readChangedFields: FieldRead = ({ reading, row }) => {
  const isVisibleField = visibleChangeFields(reading)
  return {
    sql: sql`json_build_array(${row.column('type')}, ${row.column('changedFields')})`,
    shape(value) {
      const [type, names] = elementsOf(value)
      return elementsOf(names ?? []).filter((name) => isVisibleField(String(type), String(name)))
    },
  }
}

/** The field `recordId` of changes and audit entries. */
export const recordId = custom({
  description: 'Id of the record that the change or audit entry is about.',
  type: 'ID',
  read: readRecordId,
})

const change = defineObject({
  model: 'Change',
  prefix: 'change',
  columns: { at: {}, operation: {}, type: {}, requestId: {} },
  relations: { actor: {} },
  fields: {
    changedFields: custom({
      description:
        'Fields whose value this write changed: input fields, and fields that only business acts change, such as `status`. Fields that the caller may not read are left out.',
      type: 'String',
      isList: true,
      read: readChangedFields,
    }),
    cursor: custom({
      description: 'Position of the change in the log. Pass it as `after` to read or follow the changes after it.',
      type: 'String',
      read: readCursor,
    }),
    recordId,
    record: custom({
      description: 'The record as it is now, soft-deleted or not; null when the caller may not see it.',
      type: 'Node',
      isNullable: true,
      read: readRecord,
    }),
  },
})

/** The core module of the log: declares the object `Change`. */
export const changesPlugin = definePlugin({
  id: 'changes',
  description: 'What was written, by whom and when: the ordered log.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [change],
})
