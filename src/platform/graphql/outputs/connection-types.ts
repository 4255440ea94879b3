import type { ImplementableObjectRef } from '@pothos/core'
import { WEIGHTS } from '../../declare/field-cost.ts'
import { GUARDED_BY_PARENT } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { SchemaTypes } from '../builder.ts'
import { ownedBy } from '../name-claims.ts'
import type { OutputField, TypeStore } from '../types.ts'
import { outputFields } from './output-fields.ts'

/** A connection and its edge, whose names are taken but whose fields are not made yet. */
interface ConnectionTypes {
  readonly object: ObjectType
  readonly pluginId: string
  readonly connection: ImplementableObjectRef<SchemaTypes, Answer>
  readonly edge: ImplementableObjectRef<SchemaTypes, Answer>
  readonly edgeName: string
  /** Fields of the edge's own, of the link between the records. */
  readonly edgeFields: readonly OutputField[]
}

/** Makes the fields of a connection and its edge (Relay, Connections). */
export function implementConnection(store: TypeStore, types: ConnectionTypes): void {
  const { object, pluginId, connection, edge, edgeName, edgeFields } = types
  edge.implement({
    ...ownedBy(store.registry, pluginId),
    description: `${object.name} and its place in a list.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'cursor',
          description: 'Position of this edge, for `after` and `before`.',
          type: 'String',
          list: 'no',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'node',
          description: `The ${object.name}.`,
          type: object.name,
          list: 'no',
          isNullable: false,
          // The edge has been read already, with its record.
          cost: { weight: 0 },
          guard: GUARDED_BY_PARENT,
        },
        ...edgeFields,
      ]),
  })
  connection.implement({
    ...ownedBy(store.registry, pluginId),
    description: `A page of a list of ${object.name}.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'edges',
          description: 'The records of the page with their cursors.',
          type: edgeName,
          list: 'of non-null',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'nodes',
          description: 'The records of the page.',
          type: object.name,
          list: 'of non-null',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'pageInfo',
          description: 'Whether more pages follow, and from where.',
          type: 'PageInfo',
          list: 'no',
          isNullable: false,
          cost: { weight: 0 },
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'totalCount',
          description: 'Records of the whole list that the caller may see; counted only when asked for.',
          type: 'Int',
          list: 'no',
          isNullable: false,
          cost: { weight: WEIGHTS.totalCount },
          guard: GUARDED_BY_PARENT,
        },
      ]),
  })
}
