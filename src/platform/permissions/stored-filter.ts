import { coerceInputValue, isInputType } from 'graphql'
import type { Row } from '../data/row.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { AccessContext } from './access-context.ts'

/**
 * Returns the condition that a row meets a filter that a record stores, such as that of a sharing rule. The condition is false
 * where the filter is not valid any more. Who stored the filter was checked then, so it may use fields that the caller may
 * not read.
 */
export function storedFilterCondition(context: AccessContext, object: ObjectType, row: Row, stored: unknown): Sql {
  const type = context.schema.getType(`${object.name}Filter`)
  if (!isInputType(type)) return sql`false`
  let filter: unknown
  try {
    filter = coerceInputValue(stored, type)
  } catch {
    // The filter uses something that the current schema does not have, such as a plugin's condition.
    return sql`false`
  }
  return context.compileFilter({ ...context, isSystem: true }, object, row, filter)
}
