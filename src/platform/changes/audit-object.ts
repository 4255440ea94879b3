import { sql } from '../data/sql.ts'
import type { FieldRead, Place } from '../declare/objects/field-read.ts'
import { type CustomField, custom } from '../declare/objects/fields.ts'
import { defineObject } from '../declare/objects/object.ts'
import { definePlugin } from '../declare/plugin.ts'
import { AUDIT } from '../log/platform-actor.ts'
import { requirePermission } from '../permissions/forbidden.ts'
import { READ_AUDIT } from '../permissions/visible-entries.ts'
import { asIs, elementsOf } from '../reads/reading.ts'
import { subfields } from '../reads/select.ts'
import { visibleChangeFields } from '../writes/visible-change-fields.ts'
import { visibleChangeValues } from '../writes/visible-change-values.ts'
import { recordId } from './change-object.ts'

const readFieldChanges: FieldRead = ({ reading, row, group }: Place) => {
  const keys = [...subfields(reading, 'FieldChange', group)].map(([key, [node]]) => ({ key, name: node.name.value }))
  const isTold = visibleChangeFields(reading)
  const toldValue = visibleChangeValues(reading)
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
            name === 'field'
              ? field
              : name === '__typename'
                ? 'FieldChange'
                : toldValue(String(type), field, parts[name]),
          ]),
        )
      })
    },
  }
}

/** Where a request came from: not for everybody who may see what was written. */
function originField(column: 'ipAddress' | 'userAgent', description: string): CustomField {
  return custom({
    description: `${description} Takes the permission \`${READ_AUDIT}\`.`,
    type: 'String',
    isNullable: true,
    filter: { column, permission: READ_AUDIT },
    read: ({ reading, row, coordinate }) => {
      if (!reading.isSystem) requirePermission(reading.actor, READ_AUDIT, `Reading ${coordinate}`)
      return { sql: row.column(column), shape: asIs }
    },
  })
}

const auditEntry = defineObject({
  model: 'AuditEntry',
  prefix: 'audit',
  columns: {
    id: { filter: false },
    at: {},
    operation: {},
    type: {},
    version: {},
    requestId: {},
    mutation: {},
    plugin: {},
    permission: {},
  },
  relations: { actor: {} },
  fields: {
    recordId: { ...recordId, filter: { column: 'recordId' } },
    changes: custom({
      description:
        'Each changed field with its old and new value. Fields that the caller may not read are left out; ids of records of which they see some only are null.',
      type: 'FieldChange',
      isList: true,
      read: readFieldChanges,
    }),
    ipAddress: originField('ipAddress', 'Network address that the request came from.'),
    userAgent: originField('userAgent', 'Program that the request came from, as it says of itself.'),
  },
})

/** The audit, as an object like any other. */
export const auditPlugin = definePlugin({
  id: AUDIT,
  description: 'Who wrote, read or was refused what, through what and from where: the audit.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [auditEntry],
})
