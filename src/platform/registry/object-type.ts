import type { Column, Model, Models, Relation } from '../data/models/models.ts'
import type { ConditionDeclaration, FieldDeclaration } from '../declare/objects/fields.ts'
import type { ColumnOptions } from '../declare/objects/item.ts'
import type { InterfaceDeclaration, VisibleWith, WriteKind } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'

/** A field of a record, resolved against its model. `pluginId` is the plugin that declares it. */
export type Field = {
  readonly name: string
  readonly pluginId: string
  /** Whether a permission on the object does not cover the field. */
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

/** A type with fields over a model: an object, an item or the detail of a variant. */
export interface RecordType {
  readonly name: string
  readonly description: string
  readonly model: Model
  readonly fields: ReadonlyMap<string, Field>
  /** For a group of computed fields: the type that contains the group. */
  readonly groupedIn?: RecordType
}

/** An object, resolved against its model. */
export interface ObjectType extends RecordType {
  readonly pluginId: string
  readonly prefix: string
  /** Root list field; null when the object has none. */
  readonly plural: string | null
  /** Name in root fields, inputs and permissions, such as `account`. */
  readonly singular: string
  /** Condition that restricts the object to some rows of the model; null for all rows. */
  readonly where: { readonly column: Column; readonly equals: string } | null
  /** Column with the variant of a record; null for a concrete object. */
  readonly discriminator: Column | null
  /** Variants of an abstract object, by the discriminator's value; empty for a concrete object. */
  readonly variants: ReadonlyMap<string, Variant>
  /** Column that search looks into; null when the object has none. */
  readonly search: Column | null
  /** Fields whose text the search column contains; null for all fields. */
  readonly searchedFields: readonly string[] | null
  /** Columns with the owner, creator and team of a record. */
  readonly ownership: Ownership
  /** Object whose records are shown by this one in another form; null when there is none. */
  readonly visibleWith: VisibleWith | null
  /** Whether each read of a record is recorded in the audit. */
  readonly auditsReads: boolean
  /** Fields by which people recognise a record; may be empty. */
  readonly naturalKey: readonly string[]
  readonly writes: ReadonlySet<WriteKind>
  /** Conditions of the object's filter that plugins declare, by name. */
  readonly conditions: ReadonlyMap<string, Condition>
  /** Whether deleted records are marked by `deletedAt` and can be restored. */
  readonly isSoftDeleted: boolean
  /** Whether records have ids, so that `node(id:)` and references can use them. */
  readonly isNode: boolean
}

/** Columns with the owner, creator and team of a record; null for a column that the object does not have. */
export interface Ownership {
  readonly owner: Column | null
  readonly creator: Column | null
  readonly team: Column | null
}

/** A condition of an object's filter, and the plugin that declares it. */
export interface Condition {
  readonly name: string
  readonly pluginId: string
  readonly declaration: ConditionDeclaration
}

/** A variant of an abstract object, resolved against its models. */
export interface Variant {
  /** Plugin that declares it. */
  readonly pluginId: string
  readonly name: string
  readonly description: string
  readonly kind: string
  readonly prefix: string
  /** Fields that only this variant has, in a table of their own; null when there are none. */
  readonly detail: RecordType | null
  /** Name of the object that the variant is, such as `User` of `Actor`; null when it is not declared as an object. */
  readonly object: string | null
}

/** All declarations of core and the plugins, checked and resolved against the models. */
export interface Registry {
  readonly models: Models
  readonly plugins: readonly Plugin[]
  readonly objects: ReadonlyMap<string, ObjectType>
  readonly interfaces: ReadonlyMap<string, InterfaceDeclaration>
  /** Objects by the prefix of their record ids, including the prefixes of variants. */
  readonly prefixes: ReadonlyMap<string, ObjectType>
}
