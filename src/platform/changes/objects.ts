import { sql } from '../data/sql.ts'
import { definePlugin } from '../plugins/plugin.ts'
import { elementsOf, type FieldRead, type Place } from '../reads/reading.ts'
import { compileReference } from '../reads/reference.ts'
import { subfields } from '../reads/select.ts'
import { defineObject } from '../schema/declare.ts'
import { custom } from '../schema/fields.ts'
import { encodeId } from '../schema/ids.ts'
import type { Registry } from '../schema/registry.ts'
import { encodeLogCursor } from './cursor.ts'
import { toldFields } from './told-fields.ts'

/** Position of a change in the log. */
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

function recordIdOf(registry: Registry, type: string, uuid: string): string {
  return encodeId(registry.objects.get(type)?.prefix ?? type.toLowerCase(), uuid)
}

const readRecord: FieldRead = ({ reading, row, group }) =>
  compileReference({ reading, group }, 'Node', row, row.column('type'), row.column('recordId'), {
    includeDeleted: true,
  })

const readFieldChanges: FieldRead = ({ reading, row, group }: Place) => {
  const keys = [...subfields(reading, 'FieldChange', group)].map(([key, [node]]) => ({ key, name: node.name.value }))
  const isTold = toldFields(reading)
  return {
    sql: sql`json_build_array(${row.column('type')}, ${row.column('changes')})`,
    shape(value) {
      const [type, changes] = elementsOf(value)
      const told = Object.entries(changes ?? {}).filter(([field]) => isTold(String(type), field))
      return told.map(([field, change]: [string, unknown]) => {
        const parts = Object.fromEntries(Object.entries(change ?? {}))
        return Object.fromEntries(
          keys.map(({ key, name }) => [
            key,
            name === 'field' ? field : name === '__typename' ? 'FieldChange' : parts[name],
          ]),
        )
      })
    },
  }
}

const readChangedFields: FieldRead = ({ reading, row }) => {
  const isTold = toldFields(reading)
  return {
    sql: sql`json_build_array(${row.column('type')}, ${row.column('changedFields')})`,
    shape(value) {
      const [type, names] = elementsOf(value)
      return elementsOf(names ?? []).filter((name) => isTold(String(type), String(name)))
    },
  }
}

const recordId = custom({ description: 'Id of the record.', type: 'ID', read: readRecordId })

const change = defineObject({
  model: 'Change',
  prefix: 'change',
  columns: { at: {}, operation: {}, type: {}, requestId: {} },
  relations: { actor: {} },
  fields: {
    changedFields: custom({
      description:
        'Fields whose value this write changed: input fields, and those that only acts move, such as `status`. Those that the caller may not read are left out.',
      type: 'String',
      isList: true,
      read: readChangedFields,
    }),
    cursor: custom({
      description: 'Position in the log: pass it as `after` to read or follow what came later.',
      type: 'String',
      read: readCursor,
    }),
    recordId,
    record: custom({
      description: 'The record as it is now, put away or not; null when the caller may not see it.',
      type: 'Node',
      isNullable: true,
      read: readRecord,
    }),
  },
})

const auditEntry = defineObject({
  model: 'AuditEntry',
  prefix: 'audit',
  columns: { id: { filter: false }, at: {}, operation: {}, type: {}, version: {}, requestId: {} },
  relations: { actor: {} },
  fields: {
    recordId,
    changes: custom({
      description: 'Each changed field with its old and new value.',
      type: 'FieldChange',
      isList: true,
      read: readFieldChanges,
    }),
  },
})

/** The log and the audit, as objects like any other. */
export const changesPlugin = definePlugin({
  id: 'changes',
  description: 'What was written, by whom and when: the ordered log and the audit.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [change, auditEntry],
})
