import { getArgumentValues, isObjectType } from 'graphql'
import type { Sql } from '../data/sql.ts'
import type { ObjectType } from '../schema/registry.ts'
import { collectFields, type FieldGroup, selectionSets } from './collect.ts'
import { type Guard, pass } from './guard.ts'
import { type Compiled, type Reading, type Row, tuple } from './reading.ts'

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
  checkGuard(reading, field.extensions.guard, `${typeName}.${name}`, as)
  return read({
    reading: reading.own ? { ...reading, own: undefined } : reading,
    row,
    group,
    args: getArgumentValues(field, group[0], reading.variables),
    coordinate: `${typeName}.${name}`,
  })
}

function checkGuard(reading: Reading, guard: Guard | undefined, coordinate: string, as: ObjectType | null): void {
  if (!guard) throw new Error(`${coordinate} can't be read: its field carries no guard.`)
  if (guard.kind !== 'field') {
    pass(reading.actor, guard)
    return
  }
  const object = as?.fields.has(guard.field) ? as.singular : guard.object
  if (reading.own && (reading.own.singular === object || reading.own === as)) return
  pass(reading.actor, object === guard.object ? guard : { ...guard, object })
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
  const { sql, elements } = tuple(expressions)
  return {
    sql,
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
