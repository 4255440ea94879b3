import type { Column } from '../../data/models/models.ts'
import type { WriteKind } from '../../declare/objects/object.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { ObjectType, Registry, Variant } from '../../registry/object-type.ts'
import { type OwnedRule, recordRules } from '../../registry/rule-order.ts'
import { detailSpecs, guardedSpecs, type InputSpec, inputSpecs } from './input-specs.ts'

/** What writing an object needs, derived from its declaration once. */
export interface ObjectWriter {
  readonly object: ObjectType
  readonly specs: readonly InputSpec[]
  /** Columns that the log tells of, though clients can't write them. */
  readonly guarded: readonly InputSpec[]
  /** Specs of each kind's own table, by discriminator value. */
  readonly details: ReadonlyMap<string, readonly InputSpec[]>
  /** All that the log and the audit tell of, of every kind, by the input field. */
  readonly logged: ReadonlyMap<string, InputSpec>
  readonly rules: readonly OwnedRule[]
}

const writers = new WeakMap<ObjectType, ObjectWriter>()

export function writerOf(registry: Registry, object: ObjectType): ObjectWriter {
  const known = writers.get(object)
  if (known) return known
  const specs = inputSpecs(registry, object)
  const guarded = guardedSpecs(object)
  const details = new Map(
    [...object.variants.values()].map((variant) => [
      variant.kind,
      variant.detail ? detailSpecs(registry, variant.detail) : [],
    ]),
  )
  const logged = new Map([...specs, ...guarded, ...[...details.values()].flat()].map((spec) => [spec.name, spec]))
  const writer: ObjectWriter = { object, specs, guarded, details, logged, rules: recordRules(registry, object.name) }
  writers.set(object, writer)
  return writer
}

/** Mutation field of a write to one record: `createAccount`, `logInteraction`. */
export function operationName(object: ObjectType, kind: WriteKind): string {
  return `${kind === 'create' && object.discriminator ? 'log' : kind}${object.name}`
}

/** Input field of a kind: `socialPost` of `SocialPost`. */
export function variantKey(variant: Variant): string {
  return variant.name.charAt(0).toLowerCase() + variant.name.slice(1)
}

/** Columns that the platform itself writes, as far as the object has them. */
export function stamped(object: ObjectType, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => object.model.columns.has(name)))
}

export function idColumn(object: ObjectType): Column {
  const column = object.model.columns.get('id')
  if (!column) throw new Error(`Model ${object.model.name} has no column id.`)
  return column
}

/** All specs of a record of that kind: its own and its kind's. */
export function specsFor(writer: ObjectWriter, kind: unknown): readonly InputSpec[] {
  return [...writer.specs, ...(writer.details.get(String(kind)) ?? [])]
}

/** All specs whose values the log and the audit tell of. */
export function loggedSpecs(writer: ObjectWriter, kind: unknown): readonly InputSpec[] {
  return [...specsFor(writer, kind), ...writer.guarded]
}
