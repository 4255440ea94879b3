import { coerceInputValue, isInputType } from 'graphql'
import type { Row } from '../data/row.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { AccessContext } from './access-context.ts'

/**
 * Returns the condition that a row meets a filter that a record stores, such as that of a sharing rule. Who stored the
 * filter was checked then, so it may use fields that the caller may not read.
 * @param whenInvalid The condition where the filter is not valid any more. Default: false.
 */
export function storedFilterCondition(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  stored: unknown,
  whenInvalid: boolean = false,
): Sql {
  const invalid = whenInvalid ? sql`true` : sql`false`
  const type = context.schema.getType(`${object.name}Filter`)
  if (!isInputType(type)) return invalid
  let filter: unknown
  try {
    filter = coerceInputValue(stored, type)
  } catch {
    // The filter uses something that the current schema does not have, such as a plugin's condition.
    return invalid
  }
  return context.compileFilter({ ...context, isSystem: true }, object, row, filter)
}
