import type { ZodType } from 'zod'
import type { Column } from '../data/models/models.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import type { InputSpec } from '../writes/input/input-specs.ts'
import type { ObjectWriter } from '../writes/input/writer.ts'

/** The place in a record's input that the values of a column of the file are written to. */
export interface FieldTarget {
  /** Path of the field as the caller wrote it, such as `parent.name`. */
  readonly path: string
  /** Input field of the record, such as `parentId`. */
  readonly field: string
  /** Position of the item, from 0; null when the field is not a list of items. */
  readonly position: number | null
  /** Input field within the item or the amount of money; null when `field` itself takes the value. */
  readonly subfield: string | null
  /** Part of an amount of money within an item; null for other values. */
  readonly part: string | null
  readonly leaf: Leaf
}

/** The kind of value that a target takes. */
export type Leaf =
  | {
      readonly kind: 'column'
      readonly column: Column
      /** Name of the plugin's scalar that is the GraphQL type of the column; null for a type of the platform. */
      readonly scalar: string | null
      readonly schema: ZodType
      /** Parser of cells that the object declares for the column, such as for names of countries, or null. */
      readonly cell: ZodType<string> | null
    }
  | { readonly kind: 'amount' }
  | { readonly kind: 'currency' }
  | { readonly kind: 'id' }
  | { readonly kind: 'lookup'; readonly object: ObjectType; readonly column: Column; readonly schema: ZodType | null }

/** Maximum number of items of a list that one row can give. */
const MAX_POSITION = 50

/** Returns the target that a path names, or the problem when the path is not valid. */
export function targetOf(
  registry: Registry,
  writer: ObjectWriter,
  path: string,
): FieldTarget | { readonly problem: string } {
  const segments = path.split('.')
  const [first = '', ...rest] = segments
  const spec = writer.specs.find(({ name }) => name === first)
  if (spec?.kind === 'items' && spec.items.inputName !== null) {
    const isNumbered = /^\d{1,2}$/.test(rest[0] ?? '')
    const position = isNumbered ? Number(rest[0]) - 1 : 0
    const maxPosition = Math.min(spec.items.max, MAX_POSITION)
    if (position < 0 || position >= maxPosition)
      return { problem: `${path}: the items of ${first} have the numbers 1 to ${maxPosition}.` }
    const itemPath = isNumbered ? rest.slice(1) : rest
    const target = plainTarget(registry, spec.items.specs, itemPath)
    if (target)
      return { path, field: first, position, subfield: target.field, part: target.subfield, leaf: target.leaf }
    return {
      problem: `${path} is not a field of an item of ${first}. Items have: ${fieldNames(spec.items.specs).join(', ')}.`,
    }
  }
  const plain = plainTarget(registry, writer.specs, segments)
  if (plain) return { path, position: null, part: null, ...plain }
  return {
    problem: `${writer.object.name} has no field ${path} to import into. It has: ${fieldNames(writer.specs).join(', ')}.`,
  }
}

/** Returns the target of a path without the items' part, such as `parent.name`; null when there is no such field. */
function plainTarget(
  registry: Registry,
  specs: readonly InputSpec[],
  segments: readonly string[],
): Pick<FieldTarget, 'field' | 'subfield' | 'leaf'> | null {
  const [first = '', second, third] = segments
  if (third !== undefined) return null
  const spec = specs.find(({ name }) => name === first)
  if (spec?.kind === 'column' && second === undefined && hasCellForm(spec.column)) {
    return {
      field: first,
      subfield: null,
      leaf: { kind: 'column', column: spec.column, scalar: spec.scalar, schema: spec.schema, cell: spec.cell },
    }
  }
  if (spec?.kind === 'money' && (second === undefined || second === 'amount' || second === 'currency')) {
    return { field: first, subfield: second ?? 'amount', leaf: { kind: second === 'currency' ? 'currency' : 'amount' } }
  }
  if ((spec?.kind === 'relation' || spec?.kind === 'reference') && second === undefined)
    return { field: first, subfield: null, leaf: { kind: 'id' } }
  const relation = specs.find((candidate) => candidate.kind === 'relation' && candidate.name === `${first}Id`)
  return relation?.kind === 'relation' && second !== undefined
    ? lookupTarget(relation.name, objectNamed(registry, relation.object), second)
    : null
}

/**
 * Returns the target for a reference to a record that is looked up by one of its fields, such as `parent.name`. Null
 * when records can't be looked up by the field: it has to be a text that clients may filter by.
 */
function lookupTarget(
  field: string,
  object: ObjectType,
  name: string,
): Pick<FieldTarget, 'field' | 'subfield' | 'leaf'> | null {
  const key = object.fields.get(name)
  if (key?.kind !== 'column' || key.options.filter === false || key.column.type !== 'text' || key.column.isList)
    return null
  const schema = key.options.input === false ? null : (key.options.input ?? null)
  return { field, subfield: null, leaf: { kind: 'lookup', object, column: key.column, schema } }
}

/** Whether a value of the column can be written as one cell of a file. */
function hasCellForm({ type, isList }: Column): boolean {
  return !isList && type !== 'json' && type !== 'bytes'
}

/** Returns the paths of the fields that columns of the file can be mapped to, for messages. */
function fieldNames(specs: readonly InputSpec[]): string[] {
  return specs.flatMap((spec): string[] => {
    if (spec.kind === 'relation') return [spec.name, `${spec.name.replace(/Id$/, '')}.<field>`]
    if (spec.kind === 'items')
      return spec.items.inputName === null ? [] : fieldNames(spec.items.specs).map((name) => `${spec.name}.${name}`)
    return spec.kind === 'column' && !hasCellForm(spec.column) ? [] : [spec.name]
  })
}
