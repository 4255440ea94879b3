import { type Row, withHiddenWorkspace } from '../../data/row.ts'
import { type Sql, sql } from '../../data/sql.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import type { Condition, ObjectType } from '../../registry/object-type.ts'
import { guardedSql } from '../plugin-sql.ts'
import { checkedDeep } from '../scalar-values.ts'

/**
 * Compiles a filter condition that a plugin declares. The condition is not met when its SQL returns null, or when the
 * caller may not read its value (see `guardedSql`).
 */
export function pluginCondition(
  reading: AccessContext,
  object: ObjectType,
  row: Row,
  { name, pluginId, declaration }: Condition,
  value: unknown,
): Sql {
  const declared = { registry: reading.registry, pluginId, name: `${object.name}Filter.${name}`, type: object }
  const operand = checkedDeep(value)
  const { permission } = declaration
  const condition = guardedSql(declared, reading, withHiddenWorkspace(reading, row), permission, (reference) =>
    declaration.where(reference, operand),
  )
  if (!condition) return sql`false`
  const isMet = sql`coalesce((${condition}), false)`
  return declaration.type === 'Boolean' ? sql`${isMet} = ${operand === true}::boolean` : isMet
}
