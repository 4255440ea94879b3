import type { ZodType } from 'zod'
import type { Column } from '../data/models/models.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'
import type { InputSpec } from '../writes/input/input-specs.ts'
import type { ObjectWriter } from '../writes/input/writer.ts'

/** Where a column's values go in a record's input. */
export interface FieldTarget {
  /** As the caller wrote it: `parent.name`. */
  readonly path: string
  /** Input field of the record: `parentId`. */
  readonly field: string
  /** Which of the record's parts, from 0; null when the field is no list of parts. */
  readonly position: number | null
  /** Input field within the part or the money; null when `field` itself takes the value. */
  readonly part: string | null
  readonly leaf: Leaf
}

/** What kind of value a target takes. */
export type Leaf =
  | {
      readonly kind: 'column'
      readonly column: Column
      readonly schema: ZodType
      readonly cell: ZodType<string> | null
    }
  | { readonly kind: 'amount' }
  | { readonly kind: 'currency' }
  | { readonly kind: 'id' }
  | { readonly kind: 'lookup'; readonly object: ObjectType; readonly column: Column; readonly schema: ZodType | null }

const MAX_POSITION = 50

/** The target that a path names, or why there is none. */
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
    if (position < 0 || position >= Math.min(spec.items.max, MAX_POSITION))
      return { problem: `${path}: the first of the ${first} has the number 1.` }
    const below = isNumbered ? rest.slice(1) : rest
    const part = plainTarget(registry, spec.items.specs, below)
    if (part) return { path, field: first, position, part: part.field, leaf: part.leaf }
    return {
      problem: `${path} is no field of one of the ${first}. It has: ${fieldNames(spec.items.specs).join(', ')}.`,
    }
  }
  const plain = plainTarget(registry, writer.specs, segments)
  if (plain) return { path, position: null, ...plain }
  return {
    problem: `${writer.object.name} has no field ${path} to import into. It has: ${fieldNames(writer.specs).join(', ')}.`,
  }
}

function plainTarget(
  registry: Registry,
  specs: readonly InputSpec[],
  segments: readonly string[],
): Pick<FieldTarget, 'field' | 'part' | 'leaf'> | null {
  const [first = '', second, third] = segments
  if (third !== undefined) return null
  const spec = specs.find(({ name }) => name === first)
  if (spec?.kind === 'column' && second === undefined && isReadable(spec.column)) {
    return {
      field: first,
      part: null,
      leaf: { kind: 'column', column: spec.column, schema: spec.schema, cell: spec.cell },
    }
  }
  if (spec?.kind === 'money' && (second === undefined || second === 'amount' || second === 'currency')) {
    return { field: first, part: second ?? 'amount', leaf: { kind: second === 'currency' ? 'currency' : 'amount' } }
  }
  if ((spec?.kind === 'relation' || spec?.kind === 'reference') && second === undefined)
    return { field: first, part: null, leaf: { kind: 'id' } }
  const relation = specs.find((each) => each.kind === 'relation' && each.name === `${first}Id`)
  return relation?.kind === 'relation' && second !== undefined
    ? lookupTarget(relation.name, objectNamed(registry, relation.object), second)
    : null
}

/** A reference by another field of the record it leads to, such as `parent.name`. */
function lookupTarget(
  field: string,
  object: ObjectType,
  name: string,
): Pick<FieldTarget, 'field' | 'part' | 'leaf'> | null {
  const by = object.fields.get(name)
  if (by?.kind !== 'column' || by.options.filter === false || by.column.type !== 'text' || by.column.isList) return null
  const schema = by.options.input === false ? null : (by.options.input ?? null)
  return { field, part: null, leaf: { kind: 'lookup', object, column: by.column, schema } }
}

function isReadable({ type, isList }: Column): boolean {
  return !isList && type !== 'json' && type !== 'bytes'
}

function fieldNames(specs: readonly InputSpec[]): string[] {
  return specs.flatMap((spec): string[] => {
    if (spec.kind === 'relation') return [spec.name, `${spec.name.replace(/Id$/, '')}.<field>`]
    if (spec.kind === 'items')
      return spec.items.inputName === null ? [] : fieldNames(spec.items.specs).map((name) => `${spec.name}.${name}`)
    return spec.kind === 'column' && !isReadable(spec.column) ? [] : [spec.name]
  })
}
