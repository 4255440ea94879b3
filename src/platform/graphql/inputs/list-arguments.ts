import { WEIGHTS } from '../../declare/field-cost.ts'
import type { ManyField } from '../../declare/objects/relation-fields.ts'
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../reads/order/page.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { InputField, TypeStore } from '../types.ts'
import { defineFilter } from './filters.ts'
import { defineOrder } from './orders.ts'

/** Returns the arguments by which a client selects a page of a list, as in the Relay specification for connections. */
export function connectionArgs(): Record<string, InputField> {
  return {
    first: {
      type: 'Int',
      description: `At most this many records, counted from the start of the list or from \`after\`: 0 to ${MAX_PAGE_SIZE}. Can't be combined with \`last\`. When neither is set, the page has at most ${DEFAULT_PAGE_SIZE} records.`,
    },
    after: {
      type: 'String',
      description:
        'Only records after the record with this cursor. The cursor has to come from the same list, with the same order.',
    },
    last: {
      type: 'Int',
      description: `At most this many records, counted back from the end of the list or from \`before\`: 0 to ${MAX_PAGE_SIZE}. Can't be combined with \`first\`.`,
    },
    before: {
      type: 'String',
      description:
        'Only records before the record with this cursor. The cursor has to come from the same list, with the same order.',
    },
  }
}

/**
 * Returns the arguments of a list of the object.
 * @param options `isRoot` adds the arguments that only root fields have; `defaultOrder` is the order of the list when
 * the client sends no `orderBy`. Default: by id.
 */
export function listArgs(
  store: TypeStore,
  object: ObjectType,
  { isRoot, defaultOrder = [] }: { readonly isRoot: boolean; readonly defaultOrder?: ManyField['defaultOrder'] },
): Record<string, InputField> {
  const args: Record<string, InputField> = {
    ...connectionArgs(),
    filter: { type: defineFilter(store, object), description: 'Only records that meet all of these conditions.' },
  }
  const order = defineOrder(store, object)
  if (order)
    args['orderBy'] = {
      type: order,
      isList: true,
      description: `Fields to order by, the most significant first, at most 5. Default: ${orderText(defaultOrder)}.`,
    }
  if (isRoot && object.search)
    args['search'] = {
      type: 'String',
      description:
        'Only records with all of these words; beginnings of words and small misspellings match too. At most 8 words and 200 characters. Without `orderBy`, the best match comes first.',
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

function orderText(order: NonNullable<ManyField['defaultOrder']>): string {
  if (order.length === 0) return 'the order in which the records were created'
  return order
    .map(({ field, direction }) => `\`${field}\`, ${direction === 'ASC' ? 'ascending' : 'descending'}`)
    .join('; then ')
}
