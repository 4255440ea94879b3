import { isObjectType } from 'graphql'
import type { Row } from '../data/row.ts'
import { and, join, or, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { accessConditions } from '../permissions/record-access.ts'
import type { ObjectType, Variant } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import { withAuditedReads } from './audited-records.ts'
import type { FieldGroup } from './collect.ts'
import { type Reading, TYPE_NAME, tuple } from './reading.ts'
import { type AnswerField, assemble, compileField, compileFields, subfields } from './select.ts'

/**
 * Compiles the fields that a group selects on a record of a concrete or abstract object. When reads of the object are
 * audited, `shape` also adds the record to `reading.auditedReads`.
 */
export function compileRecord(reading: Reading, object: ObjectType, row: Row, group: FieldGroup): Compiled {
  return withAuditedReads(reading, object, row, group, compileUnaudited(reading, object, row, group))
}

function compileUnaudited(reading: Reading, object: ObjectType, row: Row, group: FieldGroup): Compiled {
  if (!object.discriminator || object.variants.size === 0)
    return assemble(compileFields(reading, object.name, row, subfields(reading, object.name, group)))
  return compileAbstract(reading, object, object.discriminator.name, row, group)
}

/**
 * Compiles a record of an abstract object: the discriminator column says which variant, and so which GraphQL type, the
 * row is. Fields that the client selects in the same way on every variant are compiled once. All other fields are
 * compiled for each variant, in a CASE over the discriminator, so that one statement reads records of all variants.
 */
function compileAbstract(
  reading: Reading,
  object: ObjectType,
  discriminator: string,
  row: Row,
  group: FieldGroup,
): Compiled {
  const variants = [...object.variants.values()]
  const selections = new Map(variants.map((variant) => [variant, subfields(reading, variant.name, group)]))
  const shared = sharedFields(reading, [...selections.values()], variants)
  const sharedExpressions: Sql[] = []
  const compiledShared = new Map<string, { readonly index: number; readonly compiled: Compiled }>()
  for (const [key, { variant, fields }] of shared) {
    const compiled = compileField(reading, variant.name, row, fields, object)
    compiledShared.set(key, { index: sharedExpressions.push(compiled.sql) - 1, compiled })
  }
  const branches: Sql[] = []
  /** Conditions of rows that are hidden from the caller. */
  const hidden: Sql[] = []
  /**
   * Functions that build the answer from the values of the shared fields and of the variant's other fields, by the
   * discriminator's value.
   */
  const shapes = new Map<string, (sharedValues: readonly unknown[], variantValue: unknown) => unknown>()
  for (const [variant, fields] of selections) {
    const variantFields: AnswerField[] = []
    const entries: {
      key: string
      valueFrom: (sharedValues: readonly unknown[], variantValues: Record<string, unknown>) => unknown
    }[] = []
    for (const [key, group] of fields) {
      const sharedField = compiledShared.get(key)
      if (sharedField)
        entries.push({ key, valueFrom: (values) => sharedField.compiled.shape(values[sharedField.index]) })
      else if (group[0].name.value === '__typename') entries.push({ key, valueFrom: () => variant.name })
      else {
        variantFields.push({ key, compiled: compileField(reading, variant.name, row, group, object) })
        entries.push({ key, valueFrom: (_, variantValues) => variantValues[key] })
      }
    }
    const compiled = variantFields.length > 0 ? assemble(variantFields) : null
    const isHidden = hiddenVariantCondition(reading, object, variant, fields, row)
    if (isHidden) hidden.push(sql`${row.column(discriminator)} = ${variant.kind} and ${isHidden}`)
    if (compiled) branches.push(sql`when ${variant.kind} then ${compiled.sql}`)
    shapes.set(variant.kind, (sharedValues, variantValue) => {
      const variantValues = asRecord(compiled ? compiled.shape(variantValue) : {})
      const answer: Record<string | symbol, unknown> = { [TYPE_NAME]: variant.name }
      for (const { key, valueFrom } of entries) answer[key] = valueFrom(sharedValues, variantValues)
      return answer
    })
  }
  const kind = row.column(discriminator)
  const variantValue = branches.length > 0 ? sql`case ${kind} ${join(branches, ' ')} end` : sql`null`
  const { sql: all, elements } = tuple([kind, variantValue, ...sharedExpressions])
  return {
    sql: hidden.length > 0 ? sql`case when ${or(hidden)} then null else ${all} end` : all,
    shape(value) {
      if (value === null) return null
      const [kind, variantValue, ...sharedValues] = elements(value)
      return shapes.get(String(kind))?.(sharedValues, variantValue) ?? null
    },
  }
}

/**
 * Returns the condition that a row of the variant is hidden from the caller, or null when no row is hidden. Rows are
 * hidden only when the variant is also an object, such as `User` of `Actor`, and the client selects a field that the
 * abstract object does not have. For example, a caller may read the name of an actor but not the e-mail address of the
 * user.
 */
function hiddenVariantCondition(
  reading: Reading,
  { fields: shared }: ObjectType,
  variant: Variant,
  fields: ReadonlyMap<string, FieldGroup>,
  row: Row,
): Sql | null {
  const isVariantField = ([{ name }]: FieldGroup) => name.value !== '__typename' && !shared.has(name.value)
  if (variant.object === null || reading.ownObject || ![...fields.values()].some(isVariantField)) return null
  const conditions = accessConditions(reading, objectNamed(reading.registry, variant.object), row, 'read')
  if (conditions?.length === 0) return null
  return sql`not coalesce(${and(conditions ?? [sql`false`])}, false)`
}

/**
 * Returns the fields, by response key, that are selected on all variants by the same document nodes, and that have the
 * same `read` function in all variants.
 */
function sharedFields(
  reading: Reading,
  selections: readonly ReadonlyMap<string, FieldGroup>[],
  variants: readonly Variant[],
): Map<string, { readonly variant: Variant; readonly fields: FieldGroup }> {
  const shared = new Map<string, { readonly variant: Variant; readonly fields: FieldGroup }>()
  const [variant] = variants
  const [first, ...others] = selections
  if (!variant || !first) return shared
  for (const [key, fields] of first) {
    const name = fields[0].name.value
    const isSame = others.every((other) => {
      const group = other.get(key)
      return group?.length === fields.length && group.every((node, index) => node === fields[index])
    })
    const reads = new Set(variants.map(({ name: typeName }) => readOf(reading, typeName, name)))
    if (name !== '__typename' && isSame && reads.size === 1) shared.set(key, { variant, fields })
  }
  return shared
}

function readOf(reading: Reading, typeName: string, fieldName: string) {
  const type = reading.schema.getType(typeName)
  return isObjectType(type) ? type.getFields()[fieldName]?.extensions.read : undefined
}

function asRecord(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {}
}
