import type { Sql } from '../../data/sql.ts'
import type { CostedField } from '../field-cost.ts'
import type { Permission } from '../permission.ts'
import type { DescribedField, GuardedField } from './field-options.ts'
import type { FieldRead } from './field-read.ts'
import type { RowReference, SourcePage } from './field-sql.ts'
import type { ItemDeclaration } from './item.ts'

/** An amount with its currency, stored in two columns. */
export interface MoneyField extends DescribedField {
  readonly kind: 'money'
  /** Column with the amount, a `Decimal`. */
  readonly amount: string
  /** Column with the currency code, such as `EUR`. */
  readonly currency: string
}

/** Items of the record, read as a plain list and written with it: the list that a client sends replaces all items. */
export interface ItemsField extends DescribedField, CostedField {
  readonly kind: 'items'
  readonly item: ItemDeclaration
  /** Relation of the item's model that leads to the record. */
  readonly by: string
  /** Boolean column that is true in exactly one item: the item that the client marks, otherwise the first item. */
  readonly primary?: string
  /** Maximum number of items of one record. Default: 200. */
  readonly max?: number
}

/** Records of another object, as a connection with filter, order and pages. Declare `by` or `link`. */
export interface ManyField extends DescribedField, CostedField {
  readonly kind: 'many'
  /** Name of the other object. */
  readonly object: string
  /** Relation of the other object's model that leads to this record, or its column with this record's id. */
  readonly by?: string
  readonly link?: Link
  /** Order when the client sends no order. Default: by id. Fields that the caller may not read are skipped. */
  readonly defaultOrder?: readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[]
  /** Restricts the records to those in which a column of the other object's model has one of the values. */
  readonly only?: { readonly column: string; readonly in: readonly string[] }
}

/** A link table between this record and other records. Its published columns are fields of the connection's edges. */
export interface Link {
  /** Model and published columns of the link table, declared by `defineItem`. */
  readonly item: ItemDeclaration
  /** Relation or column of the link that leads to this record. */
  readonly by: string
  /** Relation of the link that leads to the other record. */
  readonly to: string
  /**
   * Columns of the link table that contain copies of the other object's fields, by field name. Sorting by such a field
   * uses an index of the link table. The platform does not write the copies: write them in a rule, for example.
   */
  readonly order?: Readonly<Record<string, string>>
  /**
   * Whether clients write the links in the inputs of this record, as `<field>: [<Item>Input!]`, at most 200. The list
   * that a client sends replaces all links of the record.
   */
  readonly isWritten?: true
  /**
   * Boolean column that is true in exactly one link that clients write: the link that they mark, otherwise the first.
   */
  readonly primary?: string
}

/**
 * A reference to one record of any object of an interface or union, stored as the name of the object and the id. The
 * field is null when the record is not visible to the caller.
 */
export interface ReferenceField extends DescribedField, CostedField {
  readonly kind: 'reference'
  /** GraphQL interface or union of the records, such as `Node`. */
  readonly to: string
  /** Column with the name of the record's object, such as `Account`. */
  readonly typeColumn: string
  /** Column with the uuid of the record. */
  readonly idColumn: string
  /** `false` when clients can't write the reference. Default: they write it by an input field named like `idColumn`. */
  readonly input?: false
  /** Whether the reference has to be set. Default: it may be null. */
  readonly isRequired?: true
  /** Whether a soft-deleted record is returned too. */
  readonly showsDeleted?: true
}

/** References to records of any object of an interface or union, stored in a link table. */
export interface ReferencesField extends DescribedField, CostedField {
  readonly kind: 'references'
  /** GraphQL interface or union of the records, such as `Node`. */
  readonly to: string
  /** Model of the link table, with the columns `typeColumn`, `idColumn`, `id` and `position`. */
  readonly model: string
  /** Relation of the link that leads to this record. */
  readonly by: string
  /** Column of the link with the name of the other record's object, such as `Account`. */
  readonly typeColumn: string
  /** Column of the link with the uuid of the other record. */
  readonly idColumn: string
  /** Name of the input field, such as `regardingIds`. */
  readonly input: string
}

/** Records of another object that SQL selects, as a plain list. Records that are not visible are left out. */
export interface ListField extends DescribedField, CostedField {
  readonly kind: 'list'
  readonly object: string
  /** Returns an SQL query with the columns `id` (uuid) and `position` (a number by which the list is sorted). */
  readonly ids: (record: RowReference) => Sql
  /** Whether the field is a single record, the first of the query, or null. Default: the field is a list. */
  readonly isSingle?: true
  /** Whether the records belong to the caller, such as the caller's roles: they are readable without a permission. */
  readonly isOwn?: true
}

/** GraphQL scalars of values that SQL computes. For `Decimal`, which is exact, the SQL has to return `numeric`. */
export type ComputedType = 'Int' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'CurrencyCode'

/** A value that SQL computes from the record. The field is null for a caller without the `permission`. */
export interface ComputedField extends DescribedField, GuardedField, CostedField {
  readonly kind: 'computed'
  readonly type: ComputedType
  /** Whether the SQL never returns null. A field with a `permission` is null for callers who lack the permission. */
  readonly isRequired?: true
  /** Returns an SQL expression with one value, such as a subquery in parentheses. */
  readonly value: (record: RowReference) => Sql
}

/** Computed fields under one name. Only the fields that a client selects are computed. */
export interface GroupField extends DescribedField {
  readonly kind: 'group'
  /** Name of the GraphQL type, such as `CoursePlaces`. */
  readonly name: string
  readonly fields: Readonly<Record<string, ComputedField>>
}

/**
 * A plain list of rows that SQL returns, such as a total for each currency. A row is not a record: it has no id, and
 * the list has no filter or pages. The list is empty for a caller without the `permission`.
 */
export interface RowsField extends DescribedField, GuardedField, CostedField {
  readonly kind: 'rows'
  /** Type of a row. Several fields may share it. */
  readonly row: RowType
  /** Returns an SQL query whose columns have the names of the row type's columns, in the order of the list. */
  readonly query: (record: RowReference) => Sql
}

/** GraphQL type of the rows that SQL returns. */
export interface RowType extends DescribedField {
  /** Name of the GraphQL type. */
  readonly name: string
  readonly columns: Readonly<Record<string, RowColumn>>
}

export type RowColumn = DescribedField & {
  /** Whether the SQL never returns null. */
  readonly isRequired?: true
} & ({ readonly type: ComputedType } | MoneyColumn)

/** An exact amount whose currency is in another column of the same query. */
export interface MoneyColumn {
  readonly type: 'Money'
  /** Name of the query's column with the currency code. */
  readonly currency: string
}

/** Records of another object, as a connection that SQL of the plugin selects, with arguments of the plugin's own. */
export interface SourceField extends DescribedField, CostedField {
  readonly kind: 'source'
  /** Name of the other object. */
  readonly object: string
  /** Arguments by name, besides the arguments that every connection has. */
  readonly args: Readonly<Record<string, SourceArgument>>
  /** Date or instant field of the other object. The connection is sorted by it, and then by id, both descending. */
  readonly orderedBy: string
  /**
   * Returns an SQL query with the columns `id` (uuid) and `at` (the value of `orderedBy`). The query has to use all
   * parts of `page`. To check the SQL, the function is also called without arguments (`args` is `{}`).
   */
  readonly source: (record: RowReference, args: Readonly<Record<string, unknown>>, page: SourcePage) => Sql
}

/** An argument of a source or a query. */
export interface SourceArgument extends DescribedField {
  /** GraphQL input type, such as `Boolean`. */
  readonly type: string
  readonly isList?: true
  /**
   * For an argument of a source: permission that the caller needs to send it, such as `interaction.kind:read` when the
   * source filters by that field.
   */
  readonly permission?: Permission
}

/**
 * A value that code computes from columns of the record, for all records of an answer at once, such as by calling
 * another service. Prefer `computed` for what SQL can compute. The field is always nullable: when the code fails or
 * takes too long, the field is null, the response has an error that names the plugin, and all other fields are
 * returned.
 */
export interface ResolvedField extends DescribedField, CostedField {
  readonly kind: 'resolved'
  readonly type: 'Int' | 'Float' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'JSON'
  readonly isList?: true
  /** Columns of the record that `resolve` gets, by the model's field names. */
  readonly needs: readonly string[]
  /** Milliseconds that one call may take, at most 5,000. Default: 1,000. */
  readonly budgetMs?: number
  /**
   * Returns one value for each record, in the order of the records. The records have the columns of `needs`, with
   * values as in JSON: instants are ISO 8601 texts.
   */
  resolve(records: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] | Promise<readonly unknown[]>
}

/** A condition of a filter that SQL computes. It is false for every record when the caller lacks the `permission`. */
export interface ConditionDeclaration extends DescribedField, GuardedField {
  /** GraphQL scalar of the value that clients send, such as `Date` for `hasGivenSince: "2026-01-31"`. */
  readonly type: 'Boolean' | 'Int' | 'String' | 'Date' | 'DateTime' | 'Decimal' | 'ID'
  /**
   * Returns the SQL condition. `value` is what the client sent: a `DateTime` as Date, a `Date` or `Decimal` as text, an
   * `ID` as record id. For the type `Boolean`, ignore `value`: the platform compares the condition with it.
   */
  readonly where: (record: RowReference, value: unknown) => Sql
}

/** A field for which a module of core writes the code that compiles it to SQL. Core only. */
export interface CustomField extends DescribedField, CostedField {
  readonly kind: 'custom'
  readonly type: string
  readonly isList?: true
  readonly isNullable?: true
  readonly read: FieldRead
  /** Makes the field a condition of the object's filter, on `column`. Only filtering needs the `permission`. */
  readonly filter?: { readonly column: string } & GuardedField
}

export type FieldDeclaration =
  | CustomField
  | ResolvedField
  | MoneyField
  | ItemsField
  | ManyField
  | ReferenceField
  | ReferencesField
  | ListField
  | ComputedField
  | GroupField
  | RowsField
  | SourceField

type Options<Field extends { kind: string }> = Omit<Field, 'kind'>

/** Declares an amount with its currency. */
export const money = (options: Options<MoneyField>): MoneyField => ({ kind: 'money', ...options })
/** Declares items that are read and written with the record. */
export const items = (options: Options<ItemsField>): ItemsField => ({ kind: 'items', ...options })
/** Declares a connection to records of another object. */
export const many = (options: Options<ManyField>): ManyField => ({ kind: 'many', ...options })
/** Declares a reference to one record of any object of an interface or union. */
export const reference = (options: Options<ReferenceField>): ReferenceField => ({ kind: 'reference', ...options })
/** Declares references to records of any object of an interface or union. */
export const references = (options: Options<ReferencesField>): ReferencesField => ({ kind: 'references', ...options })
/** Declares a plain list of records that SQL selects. */
export const list = (options: Options<ListField>): ListField => ({ kind: 'list', ...options })
/** Declares a value that SQL computes. */
export const computed = (options: Options<ComputedField>): ComputedField => ({ kind: 'computed', ...options })
/** Declares computed fields under one name. */
export const group = (options: Options<GroupField>): GroupField => ({ kind: 'group', ...options })
/** Declares a plain list of rows that SQL returns. */
export const rows = (options: Options<RowsField>): RowsField => ({ kind: 'rows', ...options })
/** Declares a connection over SQL of the plugin's own. */
export const source = (options: Options<SourceField>): SourceField => ({ kind: 'source', ...options })
/** Declares a value that code computes, for all records of a response at once. */
export const resolved = (options: Options<ResolvedField>): ResolvedField => ({ kind: 'resolved', ...options })
/** Declares a condition of an object's filter. */
export const condition = (declaration: ConditionDeclaration): ConditionDeclaration => declaration
/** Declares a field that a module of core compiles with code of its own. */
export const custom = (options: Options<CustomField>): CustomField => ({ kind: 'custom', ...options })
