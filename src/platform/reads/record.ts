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
import { assemble, compileField, compileParts, type Part, subfields } from './select.ts'

/** Compiles what a group selects on a record of the object, concrete or abstract. */
export function compileRecord(reading: Reading, object: ObjectType, row: Row, group: FieldGroup): Compiled {
  return withAuditedReads(reading, object, row, group, compileAny(reading, object, row, group))
}

function compileAny(reading: Reading, object: ObjectType, row: Row, group: FieldGroup): Compiled {
  if (!object.discriminator || object.variants.size === 0)
    return assemble(compileParts(reading, object.name, row, subfields(reading, object.name, group)))
  return compileAbstract(reading, object, object.discriminator.name, row, group)
}

/**
 * A record whose GraphQL type depends on its row. What every kind selects alike is compiled once; what only some kinds
 * select is compiled under a CASE, so that a list of all kinds stays one statement.
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
  const sharedParts = new Map<string, { readonly index: number; readonly compiled: Compiled }>()
  for (const [key, { variant, fields }] of shared) {
    const compiled = compileField(reading, variant.name, row, fields, object)
    sharedParts.set(key, { index: sharedExpressions.push(compiled.sql) - 1, compiled })
  }
  const branches: Sql[] = []
  const hidden: Sql[] = []
  const shapes = new Map<string, (values: readonly unknown[], own: unknown) => unknown>()
  for (const [variant, fields] of selections) {
    const ownParts: Part[] = []
    const plan: { key: string; take: (values: readonly unknown[], own: Record<string, unknown>) => unknown }[] = []
    for (const [key, group] of fields) {
      const part = sharedParts.get(key)
      if (part) plan.push({ key, take: (values) => part.compiled.shape(values[part.index]) })
      else if (group[0].name.value === '__typename') plan.push({ key, take: () => variant.name })
      else {
        ownParts.push({ key, compiled: compileField(reading, variant.name, row, group, object) })
        plan.push({ key, take: (_, own) => own[key] })
      }
    }
    const own = ownParts.length > 0 ? assemble(ownParts) : null
    const hiddenFromPlanner = hiddenAs(reading, object, variant, fields, row)
    if (hiddenFromPlanner) hidden.push(sql`${row.column(discriminator)} = ${variant.kind} and ${hiddenFromPlanner}`)
    if (own) branches.push(sql`when ${variant.kind} then ${own.sql}`)
    shapes.set(variant.kind, (values, value) => {
      const ownValues = asRecord(own ? own.shape(value) : {})
      const answer: Record<string | symbol, unknown> = { [TYPE_NAME]: variant.name }
      for (const { key, take } of plan) answer[key] = take(values, ownValues)
      return answer
    })
  }
  const kind = row.column(discriminator)
  const ownValues = branches.length > 0 ? sql`case ${kind} ${join(branches, ' ')} end` : sql`null`
  const { sql: all, elements } = tuple([kind, ownValues, ...sharedExpressions])
  return {
    sql: hidden.length > 0 ? sql`case when ${or(hidden)} then null else ${all} end` : all,
    shape(value) {
      if (value === null) return null
      const [kind, own, ...values] = elements(value)
      return shapes.get(String(kind))?.(values, own) ?? null
    },
  }
}

/**
 * Condition that the caller does not see a row as the object of its own that its kind is, where something is selected that
 * only this has; null where they see it so. An actor's name may be told to who is not told a user's address.
 */
function hiddenAs(
  reading: Reading,
  { fields: shared }: ObjectType,
  variant: Variant,
  fields: ReadonlyMap<string, FieldGroup>,
  row: Row,
): Sql | null {
  const isOwn = ([{ name }]: FieldGroup) => name.value !== '__typename' && !shared.has(name.value)
  if (variant.object === null || reading.own || ![...fields.values()].some(isOwn)) return null
  const conditions = accessConditions(reading, objectNamed(reading.registry, variant.object), row, 'read')
  if (conditions?.length === 0) return null
  return sql`not coalesce(${and(conditions ?? [sql`false`])}, false)`
}

/** Fields that all kinds select by the same nodes and read in the same way. */
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
