import type { Column, Model, Models, Relation } from '../data/models/models.ts'
import type { ConditionDeclaration, FieldDeclaration } from '../declare/objects/fields.ts'
import type { ColumnOptions, InterfaceDeclaration, SeenWith, WriteKind } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'
import { conditionsOf, extensionsOf, type OwnedVariant } from './additions.ts'
import { checkPlugins } from './check-names.ts'
import { CompositionError } from './composition-error.ts'
import { resolveObject } from './resolve-object.ts'

/** A field of a record, resolved against its model. `owner` is the plugin that declared it. */
export type Field = {
  readonly name: string
  readonly owner: string
  /** Whether permission on the object does not reach it. */
  readonly isSensitive: boolean
} & (
  | { readonly kind: 'column'; readonly column: Column; readonly options: ColumnOptions }
  | {
      readonly kind: 'one'
      readonly relation: Relation
      readonly object: string
      readonly isWritten: boolean
      readonly deprecated?: string
    }
  | { readonly kind: 'declared'; readonly declaration: FieldDeclaration }
)

/** Something with fields over a model: an object, or a part of one. */
export interface RecordType {
  readonly name: string
  readonly description: string
  readonly model: Model
  readonly fields: ReadonlyMap<string, Field>
  /** Type whose rows it is about, for values that are grouped under one name. */
  readonly within?: RecordType
}

/** An object as the whole platform sees it. */
export interface ObjectType extends RecordType {
  readonly owner: string
  readonly prefix: string
  /** Root list field, or null. */
  readonly plural: string | null
  /** Name in root fields and inputs: `account`. */
  readonly singular: string
  readonly where: { readonly column: Column; readonly equals: string } | null
  readonly discriminator: Column | null
  /** Kinds of an abstract object, by the discriminator's value; empty for a concrete one. */
  readonly variants: ReadonlyMap<string, Variant>
  readonly search: Column | null
  /** Fields whose text search holds; null for any. */
  readonly searched: readonly string[] | null
  /** Columns that tell whose a record is. */
  readonly ownership: Ownership
  /** Object whose records these only show in another way, or null. */
  readonly seenWith: SeenWith | null
  /** Whether each read of a record is told in the audit. */
  readonly auditsReads: boolean
  /** Fields that tell a record to people; empty where it has none. */
  readonly naturalKey: readonly string[]
  readonly writes: ReadonlySet<WriteKind>
  /** Conditions of its filter that plugins bring, by name. */
  readonly conditions: ReadonlyMap<string, Condition>
  /** Whether its records are put away rather than removed. */
  readonly isSoftDeleted: boolean
  /** Whether its records have ids of their own, for `node(id:)` and references. */
  readonly isNode: boolean
}

/** Columns that tell whose a record is, as far as the object has them. */
export interface Ownership {
  readonly owner: Column | null
  readonly creator: Column | null
  readonly team: Column | null
}

/** A condition in an object's filter, and the plugin that brought it. */
export interface Condition {
  readonly name: string
  readonly owner: string
  readonly declaration: ConditionDeclaration
}

/** One kind of an abstract object. */
export interface Variant {
  /** Plugin that brought it. */
  readonly owner: string
  readonly name: string
  readonly description: string
  readonly kind: string
  readonly prefix: string
  readonly detail: RecordType | null
  /** Name of the object that is this kind, where it is declared as one. */
  readonly object: string | null
}

/** Everything that core's and others' plugins declare, checked and resolved. */
export interface Registry {
  readonly models: Models
  readonly plugins: readonly Plugin[]
  readonly objects: ReadonlyMap<string, ObjectType>
  readonly interfaces: ReadonlyMap<string, InterfaceDeclaration>
  /** Objects by the prefix of their ids. */
  readonly prefixes: ReadonlyMap<string, ObjectType>
}

/** Resolves what plugins declare. Throws CompositionError on a clash, naming both owners, or on a name the model lacks. */
export function composeRegistry(models: Models, plugins: readonly Plugin[]): Registry {
  const objects = new Map<string, ObjectType>()
  const interfaces = new Map<string, InterfaceDeclaration>()
  const prefixes = new Map<string, ObjectType>()
  const variants = plugins.flatMap((plugin) =>
    (plugin.variants ?? []).map((variant): OwnedVariant => ({ owner: plugin.id, variant })),
  )
  checkPlugins(models, plugins)
  for (const plugin of plugins) {
    for (const declaration of plugin.objects ?? []) {
      const name = declaration.name ?? declaration.model
      const existing = objects.get(name)
      if (existing)
        throw new CompositionError(`Type ${name} is declared by both ${existing.owner} and ${plugin.id}. Rename one.`)
      const own = variants.filter(({ variant }) => variant.of === name)
      const object = resolveObject(models, plugin, declaration, own, {
        fields: extensionsOf(plugins, name),
        conditions: conditionsOf(plugins, name),
      })
      objects.set(name, object)
      if (object.isNode)
        for (const prefix of new Set([
          object.prefix,
          ...[...object.variants.values()].flatMap((variant) => (variant.object ? [] : [variant.prefix])),
        ])) {
          const holder = prefixes.get(prefix)
          if (holder)
            throw new CompositionError(
              `Id prefix ${prefix} is used by both ${holder.name} of ${holder.owner} and ${name} of ${plugin.id}. Change one.`,
            )
          prefixes.set(prefix, object)
        }
    }
    for (const declared of plugin.interfaces ?? []) interfaces.set(declared.name, implemented(plugins, declared))
  }
  return { models, plugins, objects, interfaces, prefixes }
}

/** An interface with the objects that other plugins let it stand for. */
function implemented(plugins: readonly Plugin[], declared: InterfaceDeclaration): InterfaceDeclaration {
  const others = plugins.flatMap((plugin) => plugin.implement?.[declared.name] ?? [])
  return others.length === 0 ? declared : { ...declared, objects: [...new Set([...declared.objects, ...others])] }
}

/** The object of that name. Throws CompositionError when nobody declares it. */
export function objectNamed(registry: Registry, name: string): ObjectType {
  const object = registry.objects.get(name)
  if (!object)
    throw new CompositionError(
      `No plugin declares an object ${name}. Declared: ${[...registry.objects.keys()].join(', ')}.`,
    )
  return object
}

/** The object that permissions call by this name, such as `account`. */
export function objectBySingular(registry: Registry, singular: string): ObjectType | undefined {
  for (const object of registry.objects.values()) if (object.singular === singular) return object
  return undefined
}
