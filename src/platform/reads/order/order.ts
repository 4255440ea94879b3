import type { Row } from '../../data/row.ts'
import { badUserInput } from '../../errors.ts'
import { requireReadableField } from '../../permissions/guard.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import { castOf } from '../scalar-values.ts'
import type { OrderKey } from './keyset.ts'

export type Direction = 'ASC' | 'DESC'

/** A field to order by, as an `orderBy` element or a declaration's default names it. */
export interface OrderTerm {
  readonly field: string
  readonly direction: Direction
}

const MAX_ORDER_TERMS = 5

/** Terms of an `orderBy` argument: each element names one field. */
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
 * A total order for a list: the terms, then the id in the last term's direction, so that no two rows are equal.
 * `moved` names fields that a link keeps a copy of: ordering by the copy makes a page one index read.
 */
export function orderKeys(
  { actor, isSystem }: Pick<Reading, 'actor' | 'isSystem'>,
  object: ObjectType,
  row: Row,
  terms: readonly OrderTerm[],
  moved: ReadonlyMap<string, OrderKey['value']> = new Map(),
): OrderKey[] {
  const keys: OrderKey[] = []
  for (const { field, direction } of terms) {
    if (!isSystem) requireReadableField(actor, object, field, 'Ordering')
    const column = orderColumn(object, field)
    if (keys.some((key) => key.name === field)) throw badUserInput(`orderBy names ${field} twice.`)
    keys.push({
      name: field,
      value: moved.get(field) ?? row.column(column.name),
      cast: castOf(column),
      direction,
      isNullable: !column.isRequired,
    })
  }
  const id = object.model.columns.get('id')
  if (!id) throw new Error(`Model ${object.model.name} has no column id.`)
  keys.push({
    name: 'id',
    value: moved.get('id') ?? row.column('id'),
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
