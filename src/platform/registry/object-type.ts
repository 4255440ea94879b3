import type { Column, Model, Models, Relation } from '../data/models/models.ts'
import type { ConditionDeclaration, FieldDeclaration } from '../declare/objects/fields.ts'
import type { ColumnOptions } from '../declare/objects/item.ts'
import type { InterfaceDeclaration, VisibleWith, WriteKind } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'

/** A field of a record, resolved against its model. `pluginId` is the plugin that declared it. */
export type Field = {
  readonly name: string
  readonly pluginId: string
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
  readonly groupedIn?: RecordType
}

/** An object as the whole platform sees it. */
export interface ObjectType extends RecordType {
  readonly pluginId: string
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
  readonly searchedFields: readonly string[] | null
  /** Columns that tell whose a record is. */
  readonly ownership: Ownership
  /** Object whose records these only show in another way, or null. */
  readonly visibleWith: VisibleWith | null
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
  readonly pluginId: string
  readonly declaration: ConditionDeclaration
}

/** One kind of an abstract object. */
export interface Variant {
  /** Plugin that brought it. */
  readonly pluginId: string
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
