import type { ZodType } from 'zod'
import type { ModelTypes } from '../../../../generated/models.ts'
import type { Sql } from '../../data/sql.ts'
import type { FieldDeclaration } from './fields.ts'

export type ModelName = keyof ModelTypes & string
export type ColumnName<Model extends ModelName> = keyof ModelTypes[Model]['columns'] & string
export type RelationName<Model extends ModelName> = keyof ModelTypes[Model]['relations'] & string

/** How one column of the model is published. An empty object publishes it with everything its type allows. */
export interface ColumnOptions {
  /** Checks and normalises what clients write; the column's type decides when absent. `false`: clients can't write it. */
  readonly input?: ZodType | false
  /** Reads what files of other people say as what clients write, such as a country's name as its code. Imports only. */
  readonly cell?: ZodType<string>
  /** `false`: no filter by it. */
  readonly filter?: false
  /** `false`: no sorting by it. */
  readonly order?: false
  /** `true`: permission on the object does not reach it. Only its own name does (`account.taxId:read`), `account:*` and `*:*`. */
  readonly sensitive?: true
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
}

/** How a to-one relation of the model is published: as the record, and as `<relation>Id` in inputs. */
export interface RelationOptions {
  /** Object it leads to, when that isn't named like the model, such as `User` over `Actor`. */
  readonly object?: string
  /** `false`: clients can't write it. */
  readonly input?: false
  /** `true`: permission on the object does not reach it. Only its own name does, `<object>:*` and `*:*`. */
  readonly sensitive?: true
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
}

/** Writes that the platform makes from an object's declaration. */
export type WriteKind = 'create' | 'update' | 'delete' | 'restore'

/** Columns and relations of a model, checked by the compiler against the model. */
interface PublishedModel<Model extends ModelName> {
  /** Prisma model its rows belong to. */
  readonly model: Model
  /** GraphQL type name; the model's name when absent. */
  readonly name?: string
  /** What it is, when the model's own comment doesn't say it. */
  readonly description?: string
  readonly columns: { readonly [Name in ColumnName<Model>]?: ColumnOptions }
  readonly relations?: { readonly [Name in RelationName<Model>]?: RelationOptions }
}

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
  readonly searched?: readonly string[]
  /**
   * Relation or column that tells whose a record is, for the scopes of permissions; its relation `owner` when absent. A record
   * that nobody owns is its creator's.
   */
  readonly ownedBy?: ColumnName<Model> | RelationName<Model>
  /** Relation that tells which team a record belongs to; its relation `team` when absent. */
  readonly teamBy?: RelationName<Model>
  /** Object whose records these only show in another way: who does not see one of them does not see it so either. */
  readonly seenWith?: SeenWith
  /** Whether each read of a record is told in the audit. */
  readonly auditsReads?: true
  /** Fields that tell a record to people, such as `name` or `emails.address`: an import knows records by them. */
  readonly naturalKey?: readonly string[]
  readonly fields?: Readonly<Record<string, FieldDeclaration>>
  readonly writes?: readonly WriteKind[]
}

/** The other object whose record a row shows. */
export interface SeenWith {
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
  readonly searched?: readonly string[]
  readonly ownedBy?: string
  readonly teamBy?: string
  readonly seenWith?: SeenWith
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

/** A part of a record that has no life of its own, such as one of a contact's e-mail addresses. */
export interface ItemDeclaration {
  readonly model: string
  readonly name?: string
  readonly description?: string
  readonly columns: Readonly<Record<string, ColumnOptions | undefined>>
  readonly relations?: Readonly<Record<string, RelationOptions | undefined>>
}

/** Declares the parts of a record that are read and written with it. */
export function defineItem<Model extends ModelName>(declaration: PublishedModel<Model>): ItemDeclaration {
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
