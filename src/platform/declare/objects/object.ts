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

/** Writes that the platform makes from an object's declaration. */
export type WriteKind = 'create' | 'update' | 'delete' | 'restore'

interface PublishedObject<Model extends ModelName> extends PublishedModel<Model> {
  /** Prefix of its ids: `account` makes `account_01jd…`. Never change one that was published. */
  readonly prefix: string
  /** Root list field, such as `accounts`; absent for an object that has no list of its own. */
  readonly plural?: string
  /** Fixed restriction on the model's rows, such as the kind of an actor. */
  readonly where?: { readonly column: ColumnName<Model>; readonly equals: string }
  /** Column that tells the kind of an abstract object: each kind is a GraphQL type of its own over the same table. */
  readonly discriminator?: ColumnName<Model>
  /** Column that search looks into: folded text, kept by the database. */
  readonly search?: ColumnName<Model>
  /** Fields whose text `search` holds: who may not read each of them can't search. Every field when absent. */
  readonly searchedFields?: readonly string[]
  /**
   * Relation or column that tells whose a record is, for the scopes of permissions; its relation `owner` when absent. A record
   * that nobody owns is its creator's.
   */
  readonly ownedBy?: ColumnName<Model> | RelationName<Model>
  /** Relation that tells which team a record belongs to; its relation `team` when absent. */
  readonly teamBy?: RelationName<Model>
  /** Object whose records these only show in another way: who does not see one of them does not see it so either. */
  readonly visibleWith?: VisibleWith
  /** Whether each read of a record is told in the audit. */
  readonly auditsReads?: true
  /** Fields that tell a record to people, such as `name` or `emails.address`: an import knows records by them. */
  readonly naturalKey?: readonly string[]
  readonly fields?: Readonly<Record<string, FieldDeclaration>>
  readonly writes?: readonly WriteKind[]
}

/** The other object whose record a row shows. */
export interface VisibleWith {
  readonly object: string
  /** SQL of whether the row shows that record of it. Both columns are named by their model's fields. */
  readonly shows: (row: ColumnsOfRow, record: ColumnsOfRow) => Sql
}

/** SQL of a column of a row, by the model's field name. */
export interface ColumnsOfRow {
  column(name: string): Sql
}

/** A declared object, with the model's names already checked. */
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
 * The one declaration of an object. From it come: the GraphQL type, one and list, filter, order, search, inputs, create,
 * update, delete, restore and their bulk forms, history, and live changes.
 */
export function defineObject<Model extends ModelName>(declaration: PublishedObject<Model>): ObjectDeclaration {
  return declaration
}

/** One kind of an abstract object, such as `Call` of `Interaction`. */
export interface VariantDeclaration {
  /** GraphQL type, such as `Call`. */
  readonly name: string
  readonly description: string
  /** Abstract object it is a kind of, such as `Interaction`. */
  readonly of: string
  /** Value of the discriminator, such as `CALL`. */
  readonly kind: string
  /** Prefix of its ids, when not the abstract object's. */
  readonly prefix?: string
  /** What this kind has beside the others: a model keyed by the same id. */
  readonly detail?: ItemDeclaration
  /** The type is an object declared elsewhere over the same model, such as `User` of `Actor`. */
  readonly isObject?: true
}

/** A GraphQL interface over a set of objects, such as `Party` over contacts and accounts. */
export interface InterfaceDeclaration {
  readonly name: string
  readonly description: string
  readonly objects: readonly string[]
}

/** A root query field over the caller's own row, such as `viewer`. */
export interface View {
  /** Root field. */
  readonly field: string
  /** GraphQL type. */
  readonly name: string
  readonly description: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}
