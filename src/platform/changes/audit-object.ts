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

/** Compiles the field `changes` of an audit entry, without the fields and record ids that the caller may not see. */
const readFieldChanges: FieldRead = ({ reading, row, group }: Place) => {
  const keys = [...subfields(reading, 'FieldChange', group)].map(([key, [node]]) => ({ key, name: node.name.value }))
  const isVisibleField = visibleChangeFields(reading)
  const visibleValue = visibleChangeValues(reading)
  return {
    sql: sql`json_build_array(${row.column('type')}, ${row.column('changes')})`,
    shape(value) {
      const [type, changes] = elementsOf(value)
      const visibleChanges = Object.entries(changes ?? {}).filter(([field]) => isVisibleField(String(type), field))
      return visibleChanges.map(([field, change]: [string, unknown]) => {
        const values = Object.fromEntries(Object.entries(change ?? {}))
        return Object.fromEntries(
          keys.map(({ key, name }) => [
            key,
            name === 'field'
              ? field
              : name === '__typename'
                ? 'FieldChange'
                : visibleValue(String(type), field, values[name]),
          ]),
        )
      })
    },
  }
}

/**
 * Declares a field that shows from where the request came. It needs the permission `audit:read`. A caller without this
 * permission may see the audit entries of writes to records that they see, but not this field.
 */
function originField(column: 'ipAddress' | 'userAgent', description: string): CustomField {
  return custom({
    description: `${description} Needs the permission \`${READ_AUDIT}\`.`,
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
        'Each changed field with its old and new value. Fields that the caller may not read are left out; an id of a record is null unless the caller may read every record of its object.',
      type: 'FieldChange',
      isList: true,
      read: readFieldChanges,
    }),
    ipAddress: originField('ipAddress', 'Network address that the request came from.'),
    userAgent: originField('userAgent', 'Program that the request came from, as its `User-Agent` header says.'),
  },
})

/** The core module of the audit: declares the object `AuditEntry`. */
export const auditPlugin = definePlugin({
  id: AUDIT,
  description: 'The audit: who wrote, read or was refused what, through which mutation and from where.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [auditEntry],
})
