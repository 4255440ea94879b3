import { sql } from '../../platform/data/sql.ts'
import { longText } from '../../platform/declare/objects/column-input.ts'
import { computed, group, reference } from '../../platform/declare/objects/fields.ts'
import { defineObject, type InterfaceDeclaration } from '../../platform/declare/objects/object.ts'

export const party: InterfaceDeclaration = {
  name: 'Party',
  description: 'A person or an organisation.',
  objects: ['Contact', 'Account'],
}

export const relationshipType = defineObject({
  model: 'RelationshipType',
  prefix: 'reltype',
  plural: 'relationshipTypes',
  naturalKey: ['name'],
  columns: { name: {}, inverseName: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const relationship = defineObject({
  model: 'Relationship',
  prefix: 'rel',
  plural: 'relationships',
  columns: { startedOn: {}, endedOn: {}, description: { input: longText, order: false } },
  relations: { type: {} },
  fields: {
    from: reference({
      description: 'The first party. Read it as `from`, `type.name`, `to`: Ada is `parent of` Ben.',
      to: 'Party',
      typeColumn: 'fromType',
      idColumn: 'fromId',
      isRequired: true,
    }),
    to: reference({
      description: 'The second party. Read it as `to`, `type.inverseName`, `from`: Ben is `child of` Ada.',
      to: 'Party',
      typeColumn: 'toType',
      idColumn: 'toId',
      isRequired: true,
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

const sideType = group({
  name: 'RelationshipSideType',
  description: 'What the two parties are to each other: `name` for this side, `inverseName` for the other side.',
  fields: {
    name: computed({
      type: 'String',
      isRequired: true,
      description: 'What the party of this side is to the other party, such as `child of`.',
      value: (side) => side.column('name'),
    }),
    inverseName: computed({
      type: 'String',
      isRequired: true,
      description: 'What the other party is to the party of this side, such as `parent of`.',
      value: (side) => side.column('inverseName'),
    }),
  },
})

/**
 * A relationship from the point of view of one of its parties. A database view computes both sides from one stored row,
 * so they always agree.
 */
export const relationshipSide = defineObject({
  model: 'RelationshipSide',
  prefix: 'relside',
  description:
    'A relationship from the point of view of one of its two parties: the party whose `relationships` are read. `other` is the other party.',
  visibleWith: {
    object: 'Relationship',
    // The side of the first party has the id of the relationship. The side of the second party has the same id with the
    // uuid version 8 (its 15th character): see the view in 0001_init.sql.
    shows: (side, record) => sql`${record.column('fromId')} in (${side.column('selfId')}, ${side.column('otherId')})
      and ${side.column('id')} in (${record.column('id')}, overlay(${record.column('id')}::text placing '8' from 15 for 1)::uuid)`,
  },
  columns: { startedOn: {}, endedOn: {} },
  fields: {
    type: sideType,
    other: reference({
      description: 'The other party.',
      to: 'Party',
      typeColumn: 'otherType',
      idColumn: 'otherId',
      input: false,
    }),
  },
})
