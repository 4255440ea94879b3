import type { Sql } from '../../data/sql.ts'
import type { FieldDeclaration } from './fields.ts'
import type {
  ColumnName,
  ColumnOptions,
  ItemDeclaration,
  ModelName,
  PathTo,
  PublishedModel,
  RelationOptions,
  RelationTo,
} from './item.ts'

/** Kinds of writes. For each kind in an object's `writes`, the platform derives mutations. */
export type WriteKind = 'create' | 'update' | 'delete' | 'restore'

interface PublishedObject<Model extends ModelName> extends PublishedModel<Model> {
  /**
   * Prefix of record ids, of lower-case letters and digits: with `account` ids are `account_01jd…`. Never change a
   * published prefix.
   */
  readonly prefix: string
  /**
   * Name of the root query field with the list of records, such as `accounts`. Without it the object has neither this
   * field nor the one for a single record (`account`).
   */
  readonly plural?: string
  /**
   * Restricts the object to the rows in which a column has a value, such as `{ column: 'kind', equals: 'USER' }` for
   * users in the table of actors. Default: all rows of the model.
   */
  readonly where?: { readonly column: ColumnName<Model>; readonly equals: string }
  /**
   * Makes the object abstract: names the column that says which variant a record is. Each variant is a GraphQL type of
   * its own over the same table, declared by a `VariantDeclaration`.
   */
  readonly discriminator?: ColumnName<Model>
  /** Column in which the argument `search` of lists finds text; the database computes it. Default: no such argument. */
  readonly search?: ColumnName<Model>
  /**
   * Names of the fields whose text the column `search` contains. A caller who may not read all of these fields can't
   * search. Default: all fields of the object.
   */
  readonly searchedFields?: readonly string[]
  /**
   * Relation or column with the owner of a record, which decides whose grants with a scope cover the record. Default:
   * the relation `owner`, when the model has it. A record without an owner belongs to its creator.
   *
   * A path such as `lease.manager` names a to-one relation of the model and a relation of the record to which it leads:
   * a payment belongs to the manager of its lease, whenever the manager changes, and also when the lease is soft-deleted.
   */
  readonly ownedBy?: ColumnName<Model> | RelationTo<Model, 'Actor'> | PathTo<Model, 'Actor'>
  /**
   * Relation to the team of a record, whose members' grants with the scope `team` cover the record, or a path to it as
   * for `ownedBy`, such as `lease.team`. Default: the relation `team`, when the model has it.
   */
  readonly teamBy?: RelationTo<Model, 'Team'> | PathTo<Model, 'Team'>
  /**
   * For an object whose rows show records of another object in another form, such as a relationship as one of its
   * parties sees it: a row is visible only if the record that it shows is visible. Core only.
   */
  readonly visibleWith?: VisibleWith
  /** Whether each read of a record is recorded in the audit. */
  readonly auditsReads?: true
  /**
   * Names of the fields by which people recognise a record, such as `name` or `emails.address`. Imports find existing
   * records by these fields, and `upsert` uses them as the key. Default: none.
   */
  readonly naturalKey?: readonly string[]
  /** Fields that are more than a column or a to-one relation of the model, by name. */
  readonly fields?: Readonly<Record<string, FieldDeclaration>>
  /**
   * Kinds of writes for which clients get mutations. Default: none. `delete` soft-deletes a record, and `restore`
   * restores a soft-deleted record: both need the column `deletedAt` in the model.
   */
  readonly writes?: readonly WriteKind[]
}

/** The records of another object that the rows of an object show. */
export interface VisibleWith {
  /** Name of the other object. */
  readonly object: string
  /** Returns an SQL condition that is true when the row shows the record of the other object. */
  readonly shows: (row: ColumnsOfRow, record: ColumnsOfRow) => Sql
}

/** The columns of a row in SQL. */
export interface ColumnsOfRow {
  /** Returns SQL for a column of the row, by the model's field name. */
  column(name: string): Sql
}

/**
 * The result of `defineObject`. `PublishedObject` documents the properties. Here, names of columns and relations are
 * plain texts: `defineObject` has checked them against the model.
 */
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
  /** Value of the object's discriminator, such as `CALL`. Never change the value of a published variant. */
  readonly kind: string
  /** Prefix of record ids. Default: the prefix of the abstract object. */
  readonly prefix?: string
  /**
   * Fields that only this variant has, in a model whose rows have the same ids as the records of the abstract object.
   */
  readonly detail?: ItemDeclaration
  /**
   * Whether the variant is an object of its own, declared by `defineObject` over the same model, such as `User` of
   * `Actor`. Core only.
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

/**
 * A root query field about the caller, such as `viewer`. Its fields are computed from the row of the caller's actor.
 */
export interface View {
  /** Name of the root query field. */
  readonly field: string
  /** Name of the GraphQL type. */
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}
