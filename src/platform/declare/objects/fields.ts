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
  /** Boolean column that is true in exactly one item: the one that the client marks, otherwise the first. */
  readonly primary?: string
  /** Maximum number of items. Default: 200. */
  readonly max?: number
}

/** Records of another object, as a connection with filter, order and pages. It needs `by` or `link`. */
export interface ManyField extends DescribedField, CostedField {
  readonly kind: 'many'
  readonly object: string
  /** Relation of the other object's model that leads to this record, or the column with this record's id. */
  readonly by?: string
  readonly link?: Link
  /** Order when the client names none. Default: by id. Fields that the caller may not read are skipped. */
  readonly defaultOrder?: readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[]
  /** Only the records in which this column of the other object's model has one of the values. */
  readonly only?: { readonly column: string; readonly in: readonly string[] }
}

/** A link table between this record and other records. Its published columns are fields of the connection's edges. */
export interface Link {
  readonly item: ItemDeclaration
  /** Relation or column of the link that leads to this record. */
  readonly by: string
  /** Relation of the link that leads to the other record. */
  readonly to: string
  /** Columns of the link with copies of the other object's fields, by field: sorting by them reads one index. */
  readonly order?: Readonly<Record<string, string>>
  /**
   * Whether clients write the links with this record, as `<field>: [<Item>Input!]`: up to 200, which replace all links.
   */
  readonly isWritten?: true
  /** Boolean column that is true in exactly one link that clients write: the marked one, otherwise the first. */
  readonly primary?: string
}

/** A reference to one record of any object of an interface or union, stored as object and id. Null when not visible. */
export interface ReferenceField extends DescribedField, CostedField {
  readonly kind: 'reference'
  /** GraphQL interface or union of the records, such as `Node`. */
  readonly to: string
  readonly typeColumn: string
  readonly idColumn: string
  /** `false` when clients can't write it. Default: the input field has the name of `idColumn`. */
  readonly input?: false
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
  readonly typeColumn: string
  readonly idColumn: string
  /** Name of the input field, such as `regardingIds`. */
  readonly input: string
}

/** Records of another object that SQL selects, as a plain list. Records that are not visible are left out. */
export interface ListField extends DescribedField, CostedField {
  readonly kind: 'list'
  readonly object: string
  /** Returns a query with the columns `id` (uuid) and `position` (the order of the answer). */
  readonly ids: (record: RowReference) => Sql
  /** Whether the field is one record or null instead of a list: the first of the query. */
  readonly isSingle?: true
  /** Whether the records are the caller's own, which are readable without a permission. */
  readonly isOwn?: true
}

/** GraphQL scalars of values that SQL computes. For `Decimal`, which is exact, the SQL has to return `numeric`. */
export type ComputedType = 'Int' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'CurrencyCode'

/** A value that SQL computes from the record. Null for a caller without the `permission`. */
export interface ComputedField extends DescribedField, GuardedField, CostedField {
  readonly kind: 'computed'
  readonly type: ComputedType
  /** Whether the SQL never returns null. With a `permission` the field is nullable all the same. */
  readonly isRequired?: true
  /** Returns a scalar SQL expression, such as a subquery in parentheses. */
  readonly value: (record: RowReference) => Sql
}

/** Computed fields under one name. Only those that a client selects are computed. */
export interface GroupField extends DescribedField {
  readonly kind: 'group'
  /** Name of the GraphQL type, such as `CoursePlaces`. */
  readonly name: string
  readonly fields: Readonly<Record<string, ComputedField>>
}

/**
 * A plain list of rows that SQL returns, such as a total for each currency. A row is not a record: it has no id, and
 * the list has no filter or pages. Empty for a caller without the `permission`.
 */
export interface RowsField extends DescribedField, GuardedField, CostedField {
  readonly kind: 'rows'
  /** Type of a row. Several fields may share it. */
  readonly row: RowType
  /** Returns a query with the row type's columns, by the same names, in the order of the answer. */
  readonly query: (record: RowReference) => Sql
}

/** GraphQL type of the rows that SQL returns. */
export interface RowType extends DescribedField {
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

/** Records of another object, as a connection over SQL of the plugin's own, with arguments of its own. */
export interface SourceField extends DescribedField, CostedField {
  readonly kind: 'source'
  readonly object: string
  readonly args: Readonly<Record<string, SourceArgument>>
  /** Field of the object, a date or instant, that orders the connection: descending, then by id descending. */
  readonly orderedBy: string
  /** Returns a query with the columns `id` and `at` (the value of `orderedBy`), restricted and sorted by `page`. */
  readonly source: (record: RowReference, args: Readonly<Record<string, unknown>>, page: SourcePage) => Sql
}

/** An argument of a source or a query. */
export interface SourceArgument extends DescribedField {
  /** GraphQL input type, such as `Boolean`. */
  readonly type: string
  readonly isList?: true
  /** Permission that a source needs for the argument, such as `interaction.kind:read` when it filters by that field. */
  readonly permission?: Permission
}

/**
 * A value that code computes from columns of the record, for all records of an answer at once, such as by calling
 * another service. Prefer `computed` for what SQL can compute. Always nullable: when the code fails or takes too long,
 * the field is null with an error that names the plugin, and the rest of the answer is returned.
 */
export interface ResolvedField extends DescribedField, CostedField {
  readonly kind: 'resolved'
  readonly type: 'Int' | 'Float' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'JSON'
  readonly isList?: true
  /** Columns of the record that `resolve` gets, by the model's field names. */
  readonly needs: readonly string[]
  /** Milliseconds that one call may take, at most 5,000. Default: 1,000. */
  readonly budgetMs?: number
  /** Returns one value for each record, in their order. Column values are as in JSON: instants are ISO 8601 texts. */
  resolve(records: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] | Promise<readonly unknown[]>
}

/** A condition of a filter, decided by SQL. It is false for every record when the caller lacks the `permission`. */
export interface ConditionDeclaration extends DescribedField, GuardedField {
  /** GraphQL scalar of its one argument, such as `Date` for `hasGivenSince: "2026-01-31"`. */
  readonly type: 'Boolean' | 'Int' | 'String' | 'Date' | 'DateTime' | 'Decimal' | 'ID'
  /** Returns the condition. For `Boolean` it ignores `value`: the platform compares the result with the argument. */
  readonly where: (record: RowReference, value: unknown) => Sql
}

/** A field that a module of core compiles in its own way. */
export interface CustomField extends DescribedField, CostedField {
  readonly kind: 'custom'
  readonly type: string
  readonly isList?: true
  readonly isNullable?: true
  readonly read: FieldRead
  /** Column for a filter, and the permission that filtering needs besides that of the field. */
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
/** Declares a value that code computes. */
export const resolved = (options: Options<ResolvedField>): ResolvedField => ({ kind: 'resolved', ...options })
/** Declares a condition of an object's filter. */
export const condition = (declaration: ConditionDeclaration): ConditionDeclaration => declaration
/** Declares a field that core compiles in its own way. */
export const custom = (options: Options<CustomField>): CustomField => ({ kind: 'custom', ...options })
