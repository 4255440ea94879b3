import { getArgumentValues, isNonNullType, isObjectType } from 'graphql'
import type { Row } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { forbidden, forbiddenForSomeRecords } from '../permissions/forbidden.ts'
import { fieldScopes } from '../permissions/grants.ts'
import { enforceGuard, type Guard } from '../permissions/guard.ts'
import { scopeConditions } from '../permissions/record-access.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectBySingular } from '../registry/registry.ts'
import { collectFields, type FieldGroup, selectionSets } from './collect.ts'
import { type Reading, tuple } from './reading.ts'

/**
 * Returns the fields that a client selects of an object or record, by response key.
 * @param typeName GraphQL type of the object, or of the record.
 * @param group Document nodes of the outer field, whose value is the object.
 */
export function subfields(reading: Reading, typeName: string, group: FieldGroup): Map<string, FieldGroup> {
  return collectFields(reading, typeName, selectionSets(group))
}

/**
 * Compiles one selected field with the `read` function of its GraphQL field.
 * @param as The abstract object, such as `Actor`, when `typeName` is one of its variants; null otherwise.
 * @throws GraphQLError FORBIDDEN when the caller does not pass the guard of the field.
 */
export function compileField(
  reading: Reading,
  typeName: string,
  row: Row,
  group: FieldGroup,
  as: ObjectType | null = null,
): Compiled {
  const name = group[0].name.value
  const type = reading.schema.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[name] : undefined
  const read = field?.extensions.read
  if (!field || !read) throw new Error(`${typeName}.${name} can't be read: the field has no read function.`)
  const isRequired = isNonNullType(field.type)
  const readable = readableConditions(
    { reading, row, as, coordinate: `${typeName}.${name}`, isRequired },
    field.extensions.guard,
  )
  const compiled = read({
    // Records inside this field need permissions, also when the record with the field is the caller's own.
    reading: reading.ownObject ? { ...reading, ownObject: undefined } : reading,
    row,
    group,
    args: getArgumentValues(field, group[0], reading.variables),
    coordinate: `${typeName}.${name}`,
  })
  if (readable.length === 0) return compiled
  // On records where the caller may not read the field, it is null.
  return {
    sql: sql`case when ${and(readable)} then ${compiled.sql} end`,
    shape: (value) => (value === null ? null : compiled.shape(value)),
  }
}

/** A selected field, as `readableConditions` needs it. */
interface GuardedField {
  readonly reading: Reading
  readonly row: Row
  readonly as: ObjectType | null
  readonly coordinate: string
  /** Whether the GraphQL type of the field is non-null, so that null can't be returned where the field is hidden. */
  readonly isRequired: boolean
}

/**
 * Enforces the guard of a field. Returns the conditions that a visible row must meet for the caller to read the field
 * on it; an empty list when the caller may read the field on all visible rows.
 * @throws GraphQLError FORBIDDEN when the caller may read the field on no record, or only on some records although its
 * type is non-null.
 */
function readableConditions(
  { reading, row, as, coordinate, isRequired }: GuardedField,
  guard: Guard | undefined,
): readonly Sql[] {
  if (!guard) throw new Error(`${coordinate} can't be read: the field has no guard.`)
  if (guard.kind !== 'field') {
    enforceGuard(reading.actor, guard)
    return []
  }
  const name = as?.fields.has(guard.field) ? as.singular : guard.object
  if (reading.ownObject && (reading.ownObject.singular === name || reading.ownObject === as)) return []
  const scopes = fieldScopes(reading.actor, name, 'read', guard.field, guard.isSensitive)
  const permission = `${name}.${guard.field}:read` as const
  if (!scopes) throw forbidden(permission, `Reading ${guard.coordinate}`)
  if (scopes.length === 0) return []
  const object = as?.singular === name ? as : objectBySingular(reading.registry, name)
  if (isRequired || !object) throw forbiddenForSomeRecords(permission, `Reading ${guard.coordinate}`)
  return scopeConditions(reading, object, row, 'read', scopes)
}

/** One entry of an answer object: a compiled field, or the value of `__typename`. */
export interface AnswerField {
  readonly key: string
  readonly compiled: Compiled | { readonly typename: string }
}

/** Compiles the selected fields of a concrete type; `row` is the table row that they are read from. */
export function compileFields(
  reading: Reading,
  typeName: string,
  row: Row,
  groups: ReadonlyMap<string, FieldGroup>,
): AnswerField[] {
  return [...groups].map(([key, group]) => ({
    key,
    compiled:
      group[0].name.value === '__typename' ? { typename: typeName } : compileField(reading, typeName, row, group),
  }))
}

/**
 * Combines compiled fields into an answer object: one JSON array in SQL, shaped into an object with the keys in the
 * order of the selection.
 */
export function assemble(fields: readonly AnswerField[]): Compiled {
  const expressions: Sql[] = []
  const steps: { key: string; index: number; shape: (value: unknown) => unknown }[] = []
  for (const { key, compiled } of fields) {
    if ('typename' in compiled) steps.push({ key, index: -1, shape: () => compiled.typename })
    else steps.push({ key, index: expressions.push(compiled.sql) - 1, shape: compiled.shape })
  }
  const { sql: all, elements } = tuple(expressions)
  return {
    sql: all,
    shape(value) {
      if (value === null) return null
      const values = elements(value)
      const answer: Record<string, unknown> = {}
      for (const { key, index, shape } of steps) answer[key] = shape(values[index])
      return answer
    },
  }
}

/** Compiles the fields that a group selects on a concrete type, to an answer object. */
export function compileSelection(reading: Reading, typeName: string, row: Row, group: FieldGroup): Compiled {
  return assemble(compileFields(reading, typeName, row, subfields(reading, typeName, group)))
}
