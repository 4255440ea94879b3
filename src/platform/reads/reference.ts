import { isAbstractType } from 'graphql'
import { type Row, rowOf, tableOf, workspaceOf } from '../data/row.ts'
import { and, join, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { FieldGroup } from './collect.ts'
import { elementsOf, type Reading, TYPE_NAME } from './reading.ts'
import { compileRecord } from './record.ts'

/**
 * Compiles a reference to a record of any object that an interface or union allows. The value is null when the record
 * does not exist or is not visible to the caller.
 * @param abstractName Name of the GraphQL interface or union.
 * @param row Table row that holds the reference. The record is looked up in the workspace of this row.
 * @param type SQL of the name of the record's object.
 * @param id SQL of the record's uuid.
 */
export function compileReference(
  { reading, group }: { readonly reading: Reading; readonly group: FieldGroup },
  abstractName: string,
  row: Row,
  type: Sql,
  id: Sql,
  options: { readonly includeDeleted?: boolean } = {},
): Compiled {
  const branches: Sql[] = []
  const shapes = new Map<string, (value: unknown) => unknown>()
  for (const object of objectsOf(reading, abstractName)) {
    const target = rowOf(reading.alias(), object.model)
    const record = compileRecord(reading, object, target, group)
    const condition = and([
      sql`${workspaceOf(target)} = ${row.column('workspaceId')}`,
      sql`${target.column('id')} = ${id}`,
      ...visibilityConditions(reading, object, target, options),
    ])
    branches.push(
      sql`when ${object.name} then (select json_build_array(${object.name}::text, ${record.sql}) from ${tableOf(object, target)} where ${condition})`,
    )
    shapes.set(
      object.name,
      // An abstract object's own `shape` sets the type name, because the name depends on the variant.
      object.variants.size > 0 ? record.shape : (value) => withTypeName(object.name, record.shape(value)),
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

/** Stores a type name in an answer object, under `TYPE_NAME`. Returns a value that is not an object unchanged. */
export function withTypeName(typeName: string, answer: unknown): unknown {
  return answer !== null && typeof answer === 'object' ? Object.assign(answer, { [TYPE_NAME]: typeName }) : answer
}

/**
 * Returns the objects whose records an interface or union allows: its members, and abstract objects with a variant that
 * is a member. A variant that is itself an object, such as `User`, is returned as that object.
 */
export function objectsOf(reading: Reading, abstractName: string): ObjectType[] {
  const abstract = reading.schema.getType(abstractName)
  if (!isAbstractType(abstract)) return []
  const possibleTypes = new Set(reading.schema.getPossibleTypes(abstract).map((type) => type.name))
  return [...reading.registry.objects.values()].filter(
    (object) =>
      possibleTypes.has(object.name) ||
      [...object.variants.values()].some((variant) => !variant.object && possibleTypes.has(variant.name)),
  )
}
