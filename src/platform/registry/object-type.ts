import type { Column, Model, Models, Relation } from '../data/models/models.ts'
import type { ConditionDeclaration, FieldDeclaration } from '../declare/objects/fields.ts'
import type { ColumnOptions, RelationOptions } from '../declare/objects/item.ts'
import type { InterfaceDeclaration, VisibleWith, WriteKind } from '../declare/objects/object.ts'
import type { Plugin } from '../declare/plugin.ts'

/** A field of a record: a column of the model, a to-one relation of the model, or a field under `fields`. */
export type Field = {
  readonly name: string
  /** Id of the plugin that declares the field. */
  readonly pluginId: string
  /** Whether a permission on the object, such as `account:read`, does not cover the field. */
  readonly isSensitive: boolean
} & (
  | { readonly kind: 'column'; readonly column: Column; readonly options: ColumnOptions }
  | {
      readonly kind: 'one'
      readonly relation: Relation
      /** Name of the object that the relation leads to. */
      readonly object: string
      /** Whether clients can write the relation. */
      readonly isWritten: boolean
      readonly options: Pick<RelationOptions, 'onlyOnCreate' | 'hasRuleDefault'>
      readonly deprecated?: string
    }
  | { readonly kind: 'declared'; readonly declaration: FieldDeclaration }
)

/** A GraphQL type whose values are rows of a model: an object, an item, a view, or the detail of a variant. */
export interface RecordType {
  readonly name: string
  readonly description: string
  readonly model: Model
  readonly fields: ReadonlyMap<string, Field>
  /** For a group of computed fields: the type that contains the group. */
  readonly groupedIn?: RecordType
}

/** An object after composition. Where the declaration has names of columns, it has the columns of the model. */
export interface ObjectType extends RecordType {
  /** Id of the plugin that declares the object. */
  readonly pluginId: string
  /** Prefix of record ids, such as `account`. */
  readonly prefix: string
  /** Name of the root query field with the list; null when the object has no root fields. */
  readonly plural: string | null
  /** Name in root fields, inputs and permissions, such as `account`. */
  readonly singular: string
  /** Condition that restricts the object to some rows of the model; null for all rows. */
  readonly where: { readonly column: Column; readonly equals: string } | null
  /** Column with the variant of a record; null for a concrete object. */
  readonly discriminator: Column | null
  /** Variants of an abstract object, by the discriminator's value; empty for a concrete object. */
  readonly variants: ReadonlyMap<string, Variant>
  /** Column in which the argument `search` finds text; null when lists have no such argument. */
  readonly search: Column | null
  /** Fields whose text the search column contains; null for all fields. */
  readonly searchedFields: readonly string[] | null
  /** Where the owner, creator and team of a record are stored. */
  readonly ownership: Ownership
  /**
   * Set when each row of this object shows a record of another object, such as a relationship as one of its parties
   * sees it: the row is visible only if that record is visible. Null for any other object.
   */
  readonly visibleWith: VisibleWith | null
  /** Whether each read of a record is recorded in the audit. */
  readonly auditsReads: boolean
  /** Fields by which people recognise a record; may be empty. */
  readonly naturalKey: readonly string[]
  /** Writes that clients may do. */
  readonly writes: ReadonlySet<WriteKind>
  /** Conditions of the object's filter that plugins declare, by name. */
  readonly conditions: ReadonlyMap<string, Condition>
  /** Fields that the `schema` of plugins adds, by name. They are known only after the GraphQL schema was built. */
  readonly schemaFields: Map<string, SchemaFieldOwner>
  /** Whether the model has the column `deletedAt`, which marks soft-deleted records. */
  readonly isSoftDeleted: boolean
  /** Whether records have ids, so that `node(id:)` can return them and references can lead to them. */
  readonly isNode: boolean
}

/** What permissions need to know of a field that the `schema` of a plugin adds. */
export interface SchemaFieldOwner {
  readonly pluginId: string
  /** See `Field`. */
  readonly isSensitive: boolean
}

/** Where the owner, creator and team of a record are stored; null for what the object does not have. */
export interface Ownership {
  readonly owner: OwnershipSource | null
  readonly creator: Column | null
  readonly team: OwnershipSource | null
}

/** Where the owner or the team of a record is stored: in the record, or in a record that it refers to. */
export interface OwnershipSource {
  /** As in the declaration: a name such as `owner`, or a path such as `lease.manager`. */
  readonly path: string
  /** Column of the record: the owner or team, or for a path the id of the record that has it. */
  readonly key: Column
  /** Model and column that have the owner or team for a path; null when `key` has it. */
  readonly via: { readonly model: Model; readonly column: Column } | null
}

/** A condition of an object's filter, and the plugin that declares it. */
export interface Condition {
  readonly name: string
  readonly pluginId: string
  readonly declaration: ConditionDeclaration
}

/** A variant of an abstract object after composition. */
export interface Variant {
  /** Id of the plugin that declares the variant. */
  readonly pluginId: string
  /** Name of the GraphQL type, such as `Call`. */
  readonly name: string
  readonly description: string
  /** Value of the discriminator, such as `CALL`. */
  readonly kind: string
  /** Prefix of record ids. */
  readonly prefix: string
  /** Fields that only this variant has, in a table of their own; null when the variant has no such fields. */
  readonly detail: RecordType | null
  /**
   * Name of the object when the variant is also an object of its own, such as the variant `User` of `Actor`; otherwise
   * null.
   */
  readonly object: string | null
}

/** All declarations of core and the plugins, checked and resolved against the models. */
export interface Registry {
  readonly models: Models
  /** The modules of core and the plugins. */
  readonly plugins: readonly Plugin[]
  /** Objects by name, such as `Account`. */
  readonly objects: ReadonlyMap<string, ObjectType>
  /** Interfaces by name, with the objects of all plugins that implement them. */
  readonly interfaces: ReadonlyMap<string, InterfaceDeclaration>
  /** Objects by the prefix of their record ids, including the prefixes of variants. */
  readonly prefixes: ReadonlyMap<string, ObjectType>
}
