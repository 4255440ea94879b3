import type { ImplementableObjectRef } from '@pothos/core'
import { WEIGHTS } from '../../declare/field-cost.ts'
import { GUARDED_BY_PARENT } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { withArticle } from '../article.ts'
import type { SchemaTypes } from '../builder.ts'
import { pluralWords, words } from '../descriptions.ts'
import { ownedBy } from '../name-claims.ts'
import type { OutputField, TypeStore } from '../types.ts'
import { outputFields } from './output-fields.ts'

/** The types of a list: a connection and its edge. Their names are claimed, and their fields are not defined yet. */
interface ConnectionTypes {
  readonly object: ObjectType
  readonly pluginId: string
  readonly connection: ImplementableObjectRef<SchemaTypes, Answer>
  readonly edge: ImplementableObjectRef<SchemaTypes, Answer>
  readonly edgeName: string
  /** Fields of the edge besides `cursor` and `node`: columns of the link table between the two records. */
  readonly edgeFields: readonly OutputField[]
}

/** Defines the fields of a connection and its edge, as in the Relay specification for connections. */
export function implementConnection(store: TypeStore, types: ConnectionTypes): void {
  const { object, pluginId, connection, edge, edgeName, edgeFields } = types
  const noun = words(object.name)
  edge.implement({
    ...ownedBy(store.registry, pluginId),
    description: `An entry of a list: ${withArticle(noun)} with its cursor${edgeFields.length > 0 ? ' and the fields of the link between the two records' : ''}.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'cursor',
          description: 'Position of the record in the list, for the arguments `after` and `before`.',
          type: 'String',
          list: 'no',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'node',
          description: `The ${noun}.`,
          type: object.name,
          list: 'no',
          isNullable: false,
          // The cost of the edge already includes the record.
          cost: { weight: 0 },
          guard: GUARDED_BY_PARENT,
        },
        ...edgeFields,
      ]),
  })
  connection.implement({
    ...ownedBy(store.registry, pluginId),
    description: `A page of ${pluralWords(object)}.`,
    fields: (t) =>
      outputFields(store, t, [
        {
          name: 'edges',
          description: 'The records of the page, with their cursors.',
          type: edgeName,
          list: 'of non-null',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'nodes',
          description: 'The records of the page, without their cursors.',
          type: object.name,
          list: 'of non-null',
          isNullable: false,
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'pageInfo',
          description: 'Whether there are more pages, and the cursors to request them with.',
          type: 'PageInfo',
          list: 'no',
          isNullable: false,
          cost: { weight: 0 },
          guard: GUARDED_BY_PARENT,
        },
        {
          name: 'totalCount',
          description:
            'Number of records on all pages that the caller may see. They are counted only when the field is selected.',
          type: 'Int',
          list: 'no',
          isNullable: false,
          cost: { weight: WEIGHTS.totalCount },
          guard: GUARDED_BY_PARENT,
        },
      ]),
  })
}
