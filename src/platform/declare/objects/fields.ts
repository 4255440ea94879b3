import type { Sql } from '../../data/sql.ts'
import type { CostedField } from '../field-cost.ts'
import type { InputValues, NamedValue } from '../rules/input-values.ts'
import type { OperationInputType } from '../rules/operation-input.ts'
import type { ArgumentValues, FieldArguments } from './field-args.ts'
import type { DescribedField, GuardedField } from './field-options.ts'
import type { FieldRead } from './field-read.ts'
import type { RowReference, SourcePage } from './field-sql.ts'
import type { MoneyField } from './money-field.ts'
import type { ItemsField, ListField, ManyField, ReferenceField, ReferencesField } from './relation-fields.ts'

/** GraphQL scalars of values that SQL computes. For `Decimal`, which is exact, the SQL has to return `numeric`. */
export type ComputedType = 'Int' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'CurrencyCode'

/** A value that SQL computes from the record. The field is null for a caller without the `permission`. */
export interface ComputedField extends DescribedField, GuardedField, CostedField {
  readonly kind: 'computed'
  /** `Money` is an exact amount with its currency. */
  readonly type: ComputedType | 'Money'
  /** Whether the SQL never returns null. A field with a `permission` is null for callers who lack the permission. */
  readonly isRequired?: true
  /**
   * For `Money`: whether the query returns a row for each currency, with the total of that currency. When there is more
   * than one, the field is null, with the error MIXED_CURRENCIES.
   */
  readonly isTotal?: true
  /** Arguments of the field, by name. Default: none. A field with arguments has a value for each use in a request. */
  readonly args?: FieldArguments
  /**
   * Returns an SQL expression with one value, such as a subquery in parentheses. For the type `Money`: a query with at
   * most one row and the columns `amount` (`numeric`) and `currency` (such as `EUR`); the field is null when there is
   * no row, or one of the two is null.
   * @param args Values of the arguments. Optional arguments may be absent or null. To check the SQL, the function is
   * also called with sample values.
   */
  value(record: RowReference, args: ArgumentValues): Sql
}

/** A computed field whose `value` gets arguments typed by the declared `args`. */
export interface TypedComputed<Args extends FieldArguments> extends Omit<ComputedField, 'kind' | 'args' | 'value'> {
  readonly args?: Args
  /** See `ComputedField`. */
  value(record: RowReference, args: InputValues<Args>): Sql
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
  readonly args: FieldArguments
  /** Date or instant field of the other object. The connection is sorted by it, and then by id, both descending. */
  readonly orderedBy: string
  /**
   * Returns an SQL query with the columns `id` (uuid) and `at` (the value of `orderedBy`). The query has to use all
   * parts of `page`. To check the SQL, the function is also called with sample values of the arguments.
   */
  source(record: RowReference, args: ArgumentValues, page: SourcePage): Sql
}

/** A source whose function gets arguments typed by the declared `args`. */
export interface TypedSource<Args extends FieldArguments> extends Omit<SourceField, 'kind' | 'args' | 'source'> {
  readonly args: Args
  /** See `SourceField`. */
  source(record: RowReference, args: InputValues<Args>, page: SourcePage): Sql
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
export interface ConditionDeclaration extends Omit<DescribedField, 'deprecated'>, GuardedField {
  /**
   * Type of the value that clients send: a GraphQL scalar, such as `Date` for `hasGivenSince: "2026-01-31"`, an enum of
   * the models, or an input type that is declared here, for a condition with several values.
   */
  readonly type: string | OperationInputType
  /**
   * Returns the SQL condition. `value` is what the client sent: a `DateTime` as Date, a `Date` or `Decimal` as text, an
   * `ID` as record id. For the type `Boolean`, ignore `value`: the platform compares the condition with it.
   */
  where(record: RowReference, value: unknown): Sql
}

/** A condition whose `where` gets a value typed by the declared `type`. */
export interface TypedCondition<Type extends ConditionDeclaration['type']>
  extends Omit<ConditionDeclaration, 'type' | 'where'> {
  readonly type: Type
  /** See `ConditionDeclaration`. */
  where(record: RowReference, value: NamedValue<Type>): Sql
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
/** Declares a value that SQL computes. `value` gets its arguments typed. */
export function computed<const Args extends FieldArguments>(options: TypedComputed<Args>): ComputedField {
  return { kind: 'computed', ...options }
}
/** Declares computed fields under one name. */
export const group = (options: Options<GroupField>): GroupField => ({ kind: 'group', ...options })
/** Declares a plain list of rows that SQL returns. */
export const rows = (options: Options<RowsField>): RowsField => ({ kind: 'rows', ...options })
/** Declares a connection over SQL of the plugin's own. Its function gets the arguments typed. */
export function source<const Args extends FieldArguments>(options: TypedSource<Args>): SourceField {
  return { kind: 'source', ...options }
}
/** Declares a value that code computes, for all records of a response at once. */
export const resolved = (options: Options<ResolvedField>): ResolvedField => ({ kind: 'resolved', ...options })
/** Declares a condition of an object's filter. `where` gets its value typed. */
export function condition<const Type extends ConditionDeclaration['type']>(
  declaration: TypedCondition<Type>,
): ConditionDeclaration {
  return declaration
}
/** Declares a field that a module of core compiles with code of its own. */
export const custom = (options: Options<CustomField>): CustomField => ({ kind: 'custom', ...options })
