import type { Row } from '../../data/row.ts'
import { badUserInput } from '../../errors.ts'
import { requireOrderable } from '../../permissions/field-use.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import { castOf } from '../scalar-values.ts'
import type { OrderKey } from './keyset.ts'

export type Direction = 'ASC' | 'DESC'

/** A field to order by, from the argument `orderBy` or the default order of a declaration. */
export interface OrderTerm {
  readonly field: string
  readonly direction: Direction
}

const MAX_ORDER_TERMS = 5

/**
 * Returns the terms of an `orderBy` argument; each element of its list names one field. Returns an empty list when the
 * argument is absent.
 * @throws GraphQLError BAD_USER_INPUT when the list has more than five elements.
 */
export function orderTerms(argument: unknown): OrderTerm[] {
  if (!Array.isArray(argument)) return []
  if (argument.length > MAX_ORDER_TERMS)
    throw badUserInput(`orderBy takes ${MAX_ORDER_TERMS} fields at most, not ${argument.length}.`)
  return argument.flatMap((element: unknown) =>
    element !== null && typeof element === 'object'
      ? Object.entries(element).map(
          ([field, direction]): OrderTerm => ({ field, direction: direction === 'DESC' ? 'DESC' : 'ASC' }),
        )
      : [],
  )
}

/**
 * Returns a total order for a list: the terms, then the id in the direction of the last term, so that no two rows have
 * the same position.
 * @param copies Columns of a link table that store copies of the object's fields, as SQL by field name (`link.order` of
 * the declaration). The order uses the copies instead of the fields, so that it reads one index of the link table.
 * Default: no copies.
 * @throws GraphQLError FORBIDDEN when the caller may not read a field on all records that they see. BAD_USER_INPUT when
 * the object can't be ordered by a field, or the terms name a field twice.
 */
export function orderKeys(
  caller: Pick<Reading, 'actor' | 'isSystem'>,
  object: ObjectType,
  row: Row,
  terms: readonly OrderTerm[],
  copies: ReadonlyMap<string, OrderKey['value']> = new Map(),
): OrderKey[] {
  const keys: OrderKey[] = []
  for (const { field, direction } of terms) {
    requireOrderable(caller, object, field)
    const column = orderColumn(object, field)
    if (keys.some((key) => key.name === field)) throw badUserInput(`orderBy names ${field} twice.`)
    keys.push({
      name: field,
      value: copies.get(field) ?? row.column(column.name),
      cast: castOf(column),
      direction,
      isNullable: !column.isRequired,
    })
  }
  const id = object.model.columns.get('id')
  if (!id) throw new Error(`Model ${object.model.name} has no column id.`)
  keys.push({
    name: 'id',
    value: copies.get('id') ?? row.column('id'),
    cast: castOf(id),
    direction: keys.at(-1)?.direction ?? 'ASC',
    isNullable: false,
  })
  return keys
}

function orderColumn(object: ObjectType, name: string) {
  const field = object.fields.get(name)
  if (field?.kind === 'column') return field.column
  if (field?.kind === 'declared' && field.declaration.kind === 'money') {
    const amount = object.model.columns.get(field.declaration.amount)
    if (amount) return amount
  }
  throw badUserInput(`${object.name} can't be ordered by ${name}.`)
}
