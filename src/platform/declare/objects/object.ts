import type { Sql } from '../../data/sql.ts'
import type { FieldDeclaration } from './fields.ts'
import type {
  ColumnName,
  ColumnOptions,
  ItemDeclaration,
  ModelName,
  PublishedModel,
  RelationName,
  RelationOptions,
} from './item.ts'

/** Writes for which the platform derives mutations from an object's declaration. */
export type WriteKind = 'create' | 'update' | 'delete' | 'restore'

interface PublishedObject<Model extends ModelName> extends PublishedModel<Model> {
  /**
   * Prefix of record ids, of lower-case letters and digits: with `account` ids are `account_01jd…`. Never change a
   * published prefix.
   */
  readonly prefix: string
  /** Root list field, such as `accounts`. Default: the object has no root list. */
  readonly plural?: string
  /** Restricts the object to the rows of the model in which a column has this value, such as one kind of actor. */
  readonly where?: { readonly column: ColumnName<Model>; readonly equals: string }
  /**
   * Column with the variant of a record, for an abstract object: each variant is a GraphQL type of its own over the
   * same table.
   */
  readonly discriminator?: ColumnName<Model>
  /** Column that `search` looks into. The database fills it with normalised text. */
  readonly search?: ColumnName<Model>
  /**
   * Fields whose text the column `search` contains: a caller who may not read all of them can't search. Default: all
   * fields.
   */
  readonly searchedFields?: readonly string[]
  /**
   * Relation or column with the owner of a record, for the scopes of permissions. Default: the relation `owner`. A
   * record without an owner belongs to its creator.
   */
  readonly ownedBy?: ColumnName<Model> | RelationName<Model>
  /** Relation to the team that a record belongs to, for the scopes of permissions. Default: the relation `team`. */
  readonly teamBy?: RelationName<Model>
  /**
   * Object whose records are shown by this one in another form. A row is visible only if the shown record is. Core
   * only.
   */
  readonly visibleWith?: VisibleWith
  /** Whether each read of a record is recorded in the audit. */
  readonly auditsReads?: true
  /**
   * Fields by which people recognise a record, such as `name` or `emails.address`. Imports match records by them, and
   * `upsert` uses them as the key.
   */
  readonly naturalKey?: readonly string[]
  /** Fields that are more than a column or a to-one relation of the model, by name. */
  readonly fields?: Readonly<Record<string, FieldDeclaration>>
  /**
   * Writes that clients may do. Default: none. `delete` and `restore` soft-delete and restore: the model needs the
   * column `deletedAt`.
   */
  readonly writes?: readonly WriteKind[]
}

/** The other object whose record a row shows. */
export interface VisibleWith {
  readonly object: string
  /** Returns a condition that is true when the row shows the record. Columns are named by their models' field names. */
  readonly shows: (row: ColumnsOfRow, record: ColumnsOfRow) => Sql
}

/** The columns of a row in SQL. */
export interface ColumnsOfRow {
  /** Returns SQL for a column of the row, by the model's field name. */
  column(name: string): Sql
}

/** A declared object, with names that `defineObject` has already checked. */
export interface ObjectDeclaration {
  readonly model: string
  readonly name?: string
  readonly description?: string
  readonly prefix: string
  readonly plural?: string
  readonly where?: { readonly column: string; readonly equals: string }
  readonly discriminator?: string
  readonly search?: string
  readonly searchedFields?: readonly string[]
  readonly ownedBy?: string
  readonly teamBy?: string
  readonly visibleWith?: VisibleWith
  readonly auditsReads?: true
  readonly naturalKey?: readonly string[]
  readonly columns: Readonly<Record<string, ColumnOptions | undefined>>
  readonly relations?: Readonly<Record<string, RelationOptions | undefined>>
  readonly fields?: Readonly<Record<string, FieldDeclaration>>
  readonly writes?: readonly WriteKind[]
}

/**
 * Declares an object. The platform derives from it: the GraphQL type, the root fields for one record and for lists,
 * their filter, order and search, the inputs and mutations for create, update, delete and restore with their bulk
 * forms, the history, live changes, imports and permissions.
 *
 * @example
 * export const enrollment = defineObject({
 *   model: 'Enrollment',
 *   prefix: 'enrollment',
 *   plural: 'enrollments',
 *   columns: { bookingCode: {}, hasAttended: {}, remindedAt: { input: false } },
 *   relations: { course: {}, contact: {} },
 *   writes: ['create', 'update', 'delete', 'restore'],
 * })
 */
export function defineObject<Model extends ModelName>(declaration: PublishedObject<Model>): ObjectDeclaration {
  return declaration
}

/** A variant of an abstract object, such as `Call` of `Interaction`. */
export interface VariantDeclaration {
  /** GraphQL type, such as `Call`. */
  readonly name: string
  readonly description: string
  /** The abstract object, such as `Interaction`. */
  readonly of: string
  /** Value of the object's discriminator, such as `CALL`. Never change a published one. */
  readonly kind: string
  /** Prefix of record ids. Default: the prefix of the abstract object. */
  readonly prefix?: string
  /** Fields that only this variant has: a model whose rows have the ids of the records. */
  readonly detail?: ItemDeclaration
  /**
   * Whether the type is an object that is declared elsewhere over the same model, such as `User` of `Actor`. Core only.
   */
  readonly isObject?: true
}

/** A GraphQL interface over several objects, such as `Party` over contacts and accounts. */
export interface InterfaceDeclaration {
  readonly name: string
  readonly description: string
  /** Objects that implement the interface. Other plugins can add objects with `implement`. */
  readonly objects: readonly string[]
}

/** A root query field with fields of the caller's own actor, such as `viewer`. */
export interface View {
  /** Root field. */
  readonly field: string
  /** Name of the GraphQL type. */
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}
