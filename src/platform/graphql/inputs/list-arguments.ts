import { WEIGHTS } from '../../declare/field-cost.ts'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../reads/order/page.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { InputField, TypeStore } from '../types.ts'
import { defineFilter, defineOrder } from './filters.ts'

/** Returns the paging arguments of the Relay connection specification. */
export function connectionArgs(): Record<string, InputField> {
  return {
    first: {
      type: 'Int',
      description: `Number of records from the start, at most ${MAX_PAGE_SIZE}. Default: ${DEFAULT_PAGE_SIZE}.`,
    },
    after: { type: 'String', description: 'Only records after this cursor.' },
    last: { type: 'Int', description: `Number of records from the end, at most ${MAX_PAGE_SIZE}.` },
    before: { type: 'String', description: 'Only records before this cursor.' },
  }
}

/** Returns the arguments of a list of the object. */
export function listArgs(store: TypeStore, object: ObjectType, isRoot: boolean): Record<string, InputField> {
  const args: Record<string, InputField> = {
    ...connectionArgs(),
    filter: { type: defineFilter(store, object), description: 'Only records that meet all of these conditions.' },
  }
  const order = defineOrder(store, object)
  if (order)
    args['orderBy'] = { type: order, isList: true, description: 'Fields to order by, the most significant first.' }
  if (isRoot && object.search)
    args['search'] = {
      type: 'String',
      description:
        'Only records with these words, best match first. Beginnings of words and small misspellings match too.',
      cost: WEIGHTS.search,
    }
  if (isRoot && object.isSoftDeleted)
    args['includeDeleted'] = {
      type: 'Boolean',
      description: 'Whether soft-deleted records are listed too.',
      defaultValue: false,
    }
  return args
}
