import { WEIGHTS } from '../../declare/field-cost.ts'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../reads/order/page.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { InputField, TypeStore } from '../types.ts'
import { defineFilter, defineOrder } from './filters.ts'

/** Paging arguments of the Relay connection specification. */
export function connectionArgs(): Record<string, InputField> {
  return {
    first: {
      type: 'Int',
      description: `Records from the start, ${DEFAULT_PAGE_SIZE} unless said otherwise, ${MAX_PAGE_SIZE} at most.`,
    },
    after: { type: 'String', description: 'Only records after this cursor.' },
    last: { type: 'Int', description: `Records from the end, ${MAX_PAGE_SIZE} at most.` },
    before: { type: 'String', description: 'Only records before this cursor.' },
  }
}

/** Arguments of a list of the object. */
export function listArgs(store: TypeStore, object: ObjectType, isRoot: boolean): Record<string, InputField> {
  const args: Record<string, InputField> = {
    ...connectionArgs(),
    filter: { type: defineFilter(store, object), description: 'Only records that meet all of these conditions.' },
  }
  const order = defineOrder(store, object)
  if (order) args['orderBy'] = { type: order, isList: true, description: 'Fields to order by, the first one first.' }
  if (isRoot && object.search)
    args['search'] = {
      type: 'String',
      description:
        'Only records with these words, the best match first: whole words, beginnings and near misspellings.',
      cost: WEIGHTS.search,
    }
  if (isRoot && object.isSoftDeleted)
    args['includeDeleted'] = {
      type: 'Boolean',
      description: 'Whether records that were put away are listed too.',
      defaultValue: false,
    }
  return args
}
