import { type Row, withHiddenWorkspace } from '../../data/row.ts'
import { type Sql, sql } from '../../data/sql.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import type { Condition, ObjectType } from '../../registry/object-type.ts'
import { guardedSql } from '../plugin-sql.ts'
import { checked } from '../scalar-values.ts'

/** A condition that a plugin brings. One that is neither true nor false is not met. */
export function pluginCondition(
  reading: AccessContext,
  object: ObjectType,
  row: Row,
  { name, pluginId, declaration }: Condition,
  value: unknown,
): Sql {
  const declared = { registry: reading.registry, pluginId, name: `${object.name}Filter.${name}`, type: object }
  const operand = checked(value)
  const { permission } = declaration
  const condition = guardedSql(declared, reading, withHiddenWorkspace(reading, row), permission, (own) =>
    declaration.where(own, operand),
  )
  if (!condition) return sql`false`
  const met = sql`coalesce((${condition}), false)`
  return declaration.type === 'Boolean' ? sql`${met} = ${operand === true}::boolean` : met
}
