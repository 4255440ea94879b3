import { isAbstractType } from 'graphql'
import { type Row, rowOf, tableOf, workspaceOf } from '../data/row.ts'
import { and, join, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { visible } from '../permissions/visible.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import { elementsOf, type Reading, TYPE_NAME } from './reading.ts'
import { compileRecord } from './record.ts'

/** A record of any type that the interface or union allows, found by type and id; null when it is gone or hidden. */
export function compileReference(
  place: { readonly reading: Reading; readonly group: FieldGroup },
  abstractName: string,
  row: Row,
  type: Sql,
  id: Sql,
  options: { readonly includeDeleted?: boolean } = {},
): Compiled {
  const { reading, group } = place
  const branches: Sql[] = []
  const shapes = new Map<string, (value: unknown) => unknown>()
  for (const object of objectsOf(reading, abstractName)) {
    const other = rowOf(reading.alias(), object.model)
    const record = compileRecord(reading, object, other, group)
    const met = and([
      sql`${workspaceOf(other)} = ${row.column('workspaceId')}`,
      sql`${other.column('id')} = ${id}`,
      ...visible(reading, object, other, options),
    ])
    branches.push(
      sql`when ${object.name} then (select json_build_array(${object.name}::text, ${record.sql}) from ${tableOf(object, other)} where ${met})`,
    )
    shapes.set(
      object.name,
      object.variants.size > 0 ? record.shape : (value) => marked(object.name, record.shape(value)),
    )
  }
  return {
    sql: branches.length > 0 ? sql`case ${type} ${join(branches, ' ')} end` : sql`null`,
    shape(value) {
      if (value === null) return null
      const [name, record] = elementsOf(value)
      return shapes.get(String(name))?.(record) ?? null
    },
  }
}

/** An answer object marked with its GraphQL type. */
export function marked(typeName: string, answer: unknown): unknown {
  return answer !== null && typeof answer === 'object' ? Object.assign(answer, { [TYPE_NAME]: typeName }) : answer
}

/** Objects whose records an interface or union can stand for. */
export function objectsOf(reading: Reading, abstractName: string): ObjectType[] {
  const abstract = reading.schema.getType(abstractName)
  if (!isAbstractType(abstract)) return []
  const possible = new Set(reading.schema.getPossibleTypes(abstract).map((type) => type.name))
  return [...reading.registry.objects.values()].filter(
    (object) =>
      possible.has(object.name) ||
      [...object.variants.values()].some((variant) => !variant.object && possible.has(variant.name)),
  )
}
