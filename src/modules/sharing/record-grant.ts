import { sql } from '../../platform/data/sql.ts'
import { longText } from '../../platform/declare/objects/column-input.ts'
import { type ConditionDeclaration, reference } from '../../platform/declare/objects/fields.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { decodeId } from '../../platform/declare/record-id.ts'

export const recordGrant = defineObject({
  model: 'RecordGrant',
  prefix: 'grant',
  plural: 'recordGrants',
  columns: { access: {}, expiresAt: {}, reason: { input: longText, order: false } },
  relations: { user: { object: 'User' }, team: {}, role: {} },
  fields: {
    record: reference({
      description:
        'Record that is shared. Records that decide who may do what, such as users, roles and record grants, cannot be shared.',
      to: 'Node',
      typeColumn: 'recordType',
      idColumn: 'recordId',
      isRequired: true,
    }),
  },
  writes: ['create', 'update', 'delete'],
})

// No record has this id. So a filter with a malformed id matches no grant.
const NO_RECORD = '00000000-0000-0000-0000-000000000000'

export const recordGrantConditions: Readonly<Record<string, ConditionDeclaration>> = {
  recordId: {
    type: 'ID',
    description: 'Only grants that share the record with this id.',
    where: (grant, id) => sql`${grant.column('recordId')} = ${decodeId(String(id))?.uuid ?? NO_RECORD}::uuid`,
  },
}
