import { can } from '../access/permissions.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { Condition, ObjectType } from '../schema/registry.ts'
import { declaredSql } from './plugin-sql.ts'
import type { Reading, Row } from './reading.ts'
import { checked } from './scalars.ts'

/** A condition that a plugin brings. One that is neither true nor false is not met. */
export function pluginCondition(
  { registry, actor }: Reading,
  object: ObjectType,
  row: Row,
  { name, owner, declaration }: Condition,
  value: unknown,
): Sql {
  if (declaration.permission && !can(actor, declaration.permission)) return sql`false`
  const declared = { registry, owner, name: `${object.name}Filter.${name}`, type: object }
  const operand = checked(value)
  const met = sql`coalesce((${declaredSql(declared, row, (own) => declaration.where(own, operand))}), false)`
  return declaration.type === 'Boolean' ? sql`${met} = ${operand === true}::boolean` : met
}
