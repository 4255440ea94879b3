import type { Column, Model } from '../../data/models/models.ts'
import type { WriteKind } from '../../declare/objects/object.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { ObjectType, Registry, Variant } from '../../registry/object-type.ts'
import { type OwnedRule, recordRules } from '../../registry/rule-order.ts'
import { detailSpecs, type InputSpec, inputSpecs } from './input-specs.ts'
import { logOnlySpecs } from './log-only-specs.ts'

/** What the writes of an object need. It is derived from the object's declaration once, and then cached. */
export interface ObjectWriter {
  readonly object: ObjectType
  /** Input fields that are stored in the object's own table or as items. */
  readonly specs: readonly InputSpec[]
  /** Columns that clients can't write, but that the log contains, such as a status that only business acts change. */
  readonly logOnly: readonly InputSpec[]
  /** Input fields that are stored in the detail table of a variant, by the discriminator's value. */
  readonly details: ReadonlyMap<string, readonly InputSpec[]>
  /** All fields that the log and the audit contain, with the fields of all variants, by the name of the input field. */
  readonly logged: ReadonlyMap<string, InputSpec>
  /** The rules on writes of the object, in the order in which they run. */
  readonly rules: readonly OwnedRule[]
}

const writers = new WeakMap<ObjectType, ObjectWriter>()

/** Returns the writer of an object. */
export function writerOf(registry: Registry, object: ObjectType): ObjectWriter {
  const cached = writers.get(object)
  if (cached) return cached
  const specs = inputSpecs(registry, object)
  const logOnly = logOnlySpecs(object)
  const details = new Map(
    [...object.variants.values()].map((variant) => [
      variant.kind,
      variant.detail ? detailSpecs(registry, variant.detail) : [],
    ]),
  )
  const logged = new Map([...specs, ...logOnly, ...[...details.values()].flat()].map((spec) => [spec.name, spec]))
  const writer: ObjectWriter = { object, specs, logOnly, details, logged, rules: recordRules(registry, object.name) }
  writers.set(object, writer)
  return writer
}

/** Returns the name of the mutation that writes one record of the object: `createAccount`, `logInteraction`. */
export function operationName(object: ObjectType, kind: WriteKind): string {
  return `${kind === 'create' && object.discriminator ? 'log' : kind}${object.name}`
}

/** Returns the input field of a variant: `socialPost` of `SocialPost`. */
export function variantKey(variant: Variant): string {
  return variant.name.charAt(0).toLowerCase() + variant.name.slice(1)
}

/** Returns only the values whose column the object's model has. */
export function existingColumns(object: ObjectType, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => object.model.columns.has(name)))
}

/** Returns the column `id` of a model, such as that of an object. */
export function idColumn({ model }: { readonly model: Model }): Column {
  const column = model.columns.get('id')
  if (!column) throw new Error(`Model ${model.name} has no column id.`)
  return column
}

/**
 * Returns the specs of a record whose discriminator has the value `kind`: the specs of the object, then the specs of
 * the variant.
 */
export function specsFor(writer: ObjectWriter, kind: unknown): readonly InputSpec[] {
  return [...writer.specs, ...(writer.details.get(String(kind)) ?? [])]
}

/**
 * Returns the specs of all fields that the log and the audit contain for a record whose discriminator has the value
 * `kind`.
 */
export function loggedSpecs(writer: ObjectWriter, kind: unknown): readonly InputSpec[] {
  return [...specsFor(writer, kind), ...writer.logOnly]
}
