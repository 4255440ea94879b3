import { getArgumentValues, isNonNullType, isObjectType } from 'graphql'
import type { Row } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { forbidden, forbiddenInPart } from '../permissions/forbidden.ts'
import { fieldScopes } from '../permissions/grants.ts'
import { type Guard, pass } from '../permissions/guard.ts'
import { conditionsOf } from '../permissions/record-access.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectBySingular } from '../registry/registry.ts'
import { collectFields, type FieldGroup, selectionSets } from './collect.ts'
import { type Reading, tuple } from './reading.ts'

/** Fields that a group selects on a type, by response key. */
export function subfields(reading: Reading, typeName: string, group: FieldGroup): Map<string, FieldGroup> {
  return collectFields(reading, typeName, selectionSets(group))
}

/**
 * Compiles one selected field by the `read` that its GraphQL field carries, if the caller passes the guard that it carries:
 * FORBIDDEN otherwise. Of a record whose type is one of several, `as` is the object that it is read as.
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
  if (!field || !read) throw new Error(`${typeName}.${name} can't be read: its field carries no read.`)
  const isRequired = isNonNullType(field.type)
  const reached = passGuard({ reading, row, as, coordinate: `${typeName}.${name}`, isRequired }, field.extensions.guard)
  const compiled = read({
    reading: reading.own ? { ...reading, own: undefined } : reading,
    row,
    group,
    args: getArgumentValues(field, group[0], reading.variables),
    coordinate: `${typeName}.${name}`,
  })
  if (reached.length === 0) return compiled
  const told = sql`case when ${and(reached)} then ${compiled.sql} end`
  return { sql: told, shape: (value) => (value === null ? null : compiled.shape(value)) }
}

interface Guarded {
  readonly reading: Reading
  readonly row: Row
  readonly as: ObjectType | null
  readonly coordinate: string
  /** Whether the field always has a value, so that it can't be left empty. */
  readonly isRequired: boolean
}

/** Conditions of the rows whose field the caller may read, of those that they see. Throws FORBIDDEN where it is none, or can't be some. */
function passGuard({ reading, row, as, coordinate, isRequired }: Guarded, guard: Guard | undefined): readonly Sql[] {
  if (!guard) throw new Error(`${coordinate} can't be read: its field carries no guard.`)
  if (guard.kind !== 'field') {
    pass(reading.actor, guard)
    return []
  }
  const name = as?.fields.has(guard.field) ? as.singular : guard.object
  if (reading.own && (reading.own.singular === name || reading.own === as)) return []
  const scopes = fieldScopes(reading.actor, name, 'read', guard.field, guard.isSensitive)
  const permission = `${name}.${guard.field}:read` as const
  if (!scopes) throw forbidden(permission, `Reading ${guard.coordinate}`)
  if (scopes.length === 0) return []
  const object = as?.singular === name ? as : objectBySingular(reading.registry, name)
  if (isRequired || !object) throw forbiddenInPart(permission, `Reading ${guard.coordinate}`)
  return conditionsOf(reading, object, row, 'read', scopes)
}

/** One part of an answer object: a selected field, or `__typename`. */
export interface Part {
  readonly key: string
  readonly compiled: Compiled | { readonly typename: string }
}

/** Compiles fields of a concrete type over one row. */
export function compileParts(
  reading: Reading,
  typeName: string,
  row: Row,
  groups: ReadonlyMap<string, FieldGroup>,
): Part[] {
  return [...groups].map(([key, group]) => ({
    key,
    compiled:
      group[0].name.value === '__typename' ? { typename: typeName } : compileField(reading, typeName, row, group),
  }))
}

/** An answer object of the parts: one JSON array in SQL, shaped into an object with the keys in the order of the selection. */
export function assemble(parts: readonly Part[]): Compiled {
  const expressions: Sql[] = []
  const steps: { key: string; index: number; shape: (value: unknown) => unknown }[] = []
  for (const { key, compiled } of parts) {
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

/** Compiles what a group selects on a concrete type. */
export function compileSelection(reading: Reading, typeName: string, row: Row, group: FieldGroup): Compiled {
  return assemble(compileParts(reading, typeName, row, subfields(reading, typeName, group)))
}
