import type { Sql } from '../../data/sql.ts'
import type { Costing } from '../field-cost.ts'
import type { Permission } from '../permission.ts'
import type { FieldRead } from './field-read.ts'
import type { RowReference, SourcePage } from './field-sql.ts'
import type { ItemDeclaration } from './item.ts'

interface Described {
  /** What the field is, for the GraphQL schema. */
  readonly description: string
  /** `true`: permission on the object does not reach it. Only its own name does, `<object>:*` and `*:*`. */
  readonly sensitive?: true
  /** Why it goes and what to use instead: clients see it as `@deprecated`. A name goes only after it was. */
  readonly deprecated?: string
}

/** An amount and its currency, kept in two columns. */
export interface MoneyField extends Described {
  readonly kind: 'money'
  readonly amount: string
  readonly currency: string
}

/** Parts of the record, read as a plain list and written with it: a given list replaces the old one. */
export interface ItemsField extends Described, Costing {
  readonly kind: 'items'
  readonly item: ItemDeclaration
  /** Relation of the item's model that leads to the record. */
  readonly by: string
  /** At most one item has this column true; the first one gets it when none has. */
  readonly primary?: string
  /** Items at most. */
  readonly max?: number
}

/** Records of another object as a connection. */
export interface ManyField extends Described, Costing {
  readonly kind: 'many'
  readonly object: string
  /** Column of the other object's model that holds this record's id, or a relation of it that leads here. */
  readonly by?: string
  readonly link?: Link
  /** Order when the client names none. */
  readonly defaultOrder?: readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[]
  /** Column of the other object's model that has one of these values in every record. */
  readonly only?: { readonly column: string; readonly in: readonly string[] }
}

/** A table between this record and the others; its own columns are fields of the edge. */
export interface Link {
  readonly item: ItemDeclaration
  /** Column or relation of the link that leads to this record. */
  readonly by: string
  /** Relation of the link that leads to the other record. */
  readonly to: string
  /** Fields of the other object that the link keeps a copy of, so that a page of them is one index read. */
  readonly order?: Readonly<Record<string, string>>
  /** Whether the links are written with this record, as `<field>: [<Item>Input!]`. */
  readonly isWritten?: true
  /** At most one link of the record has this column true. */
  readonly primary?: string
}

/** A reference to a record of any type that a union or interface allows, kept as type and id. */
export interface ReferenceField extends Described, Costing {
  readonly kind: 'reference'
  /** GraphQL interface or union of what it can lead to. */
  readonly to: string
  readonly typeColumn: string
  readonly idColumn: string
  /** `false`: clients can't write it. */
  readonly input?: false
  readonly isRequired?: true
  /** Whether a record that was put away is shown. */
  readonly showsDeleted?: true
}

/** References to records of any type, kept in a link table. */
export interface ReferencesField extends Described, Costing {
  readonly kind: 'references'
  readonly to: string
  readonly model: string
  /** Relation of the link that leads to this record. */
  readonly by: string
  readonly typeColumn: string
  readonly idColumn: string
  /** Name of the input field, such as `regardingIds`. */
  readonly input: string
}

/** Records of another object that a query finds, as a plain list. */
export interface ListField extends Described, Costing {
  readonly kind: 'list'
  readonly object: string
  /** A query with columns `id uuid` and `position`, the order of the answer. */
  readonly ids: (record: RowReference) => Sql
  /** Whether it is one record at most, answered by itself. */
  readonly isSingle?: true
  /** Whether they are the caller's own, which everyone may see. */
  readonly isOwn?: true
}

/** GraphQL scalars that a query's values are answered as. A Decimal is exact; its query answers `numeric`. */
export type ComputedType = 'Int' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'CurrencyCode'

interface Guarded {
  /**
   * Permission that the caller needs to be told, where it comes from records that not everybody may read. Who may read some of
   * them only is told what the query finds where it asks `sees` of each record, and nothing where it doesn't.
   */
  readonly permission?: Permission
}

/** A value that a query computes from the record. Null for a caller without the permission. */
export interface ComputedField extends Described, Guarded, Costing {
  readonly kind: 'computed'
  readonly type: ComputedType
  /** Whether it always has a value. */
  readonly isRequired?: true
  readonly value: (record: RowReference) => Sql
}

/** Values that queries compute, under one name. Only those a client selects are computed. */
export interface GroupField extends Described {
  readonly kind: 'group'
  readonly name: string
  readonly fields: Readonly<Record<string, ComputedField>>
}

/**
 * A plain list of what a query finds about the record, such as a total for each currency. The rows are no records: they
 * have no id, and nothing to filter or page by. Empty for a caller without the permission.
 */
export interface RowsField extends Described, Guarded, Costing {
  readonly kind: 'rows'
  /** What a row is. Fields may share it. */
  readonly row: RowType
  /** A query with a column for each of the row's, under that name; in the order that it is to be answered in. */
  readonly query: (record: RowReference) => Sql
}

/** A GraphQL type over what a query finds. */
export interface RowType extends Described {
  readonly name: string
  readonly columns: Readonly<Record<string, RowColumn>>
}

export type RowColumn = Described & {
  /** Whether it always has a value. */
  readonly isRequired?: true
} & ({ readonly type: ComputedType } | MoneyColumn)

/** An amount, exact, in the currency that another column of the query answers. */
export interface MoneyColumn {
  readonly type: 'Money'
  readonly currency: string
}

/** Connection over a source that the module writes itself. */
export interface SourceField extends Described, Costing {
  readonly kind: 'source'
  readonly object: string
  readonly args: Readonly<Record<string, SourceArgument>>
  /** One field of the object, descending then by id: the order of this connection. */
  readonly orderedBy: string
  readonly source: (record: RowReference, args: Readonly<Record<string, unknown>>, page: SourcePage) => Sql
}

export interface SourceArgument extends Described {
  readonly type: string
  readonly isList?: true
  /** Permission that filtering by it takes, such as `interaction.kind:read` where it looks at that field. */
  readonly permission?: Permission
}

/**
 * A value that code computes from columns of the record, for all records of an answer at once. What SQL can compute is
 * better computed there (`computed`): this one is for what it can't, such as asking another service. Always nullable: where
 * it fails or takes too long the field is null, with an error that names the plugin, and the rest is answered.
 */
export interface ResolvedField extends Described, Costing {
  readonly kind: 'resolved'
  readonly type: 'Int' | 'Float' | 'String' | 'Boolean' | 'Date' | 'DateTime' | 'Decimal' | 'JSON'
  readonly isList?: true
  /** Columns of the record that it computes from, by the model's field names. */
  readonly needs: readonly string[]
  /** Milliseconds that one call may take; 1,000 unless said otherwise, 5,000 at most. */
  readonly budgetMs?: number
  /** The value of each record, in their order. Column values are as JSON has them: instants are ISO 8601 texts. */
  resolve(records: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] | Promise<readonly unknown[]>
}

/**
 * A condition in an object's filter that SQL decides: `hasGiven: { since: … }` is not for this, `hasGivenSince: Date` is.
 * For a caller without the permission nothing meets it.
 */
export interface ConditionDeclaration extends Described, Guarded {
  /** GraphQL scalar of its argument. A Boolean one is met where the condition has that value. */
  readonly type: 'Boolean' | 'Int' | 'String' | 'Date' | 'DateTime' | 'Decimal' | 'ID'
  /** SQL of the condition: for a Boolean without regard to the argument, which the platform compares it with. */
  readonly where: (record: RowReference, value: unknown) => Sql
}

/** A field that the platform itself reads in its own way. */
export interface CustomField extends Described, Costing {
  readonly kind: 'custom'
  readonly type: string
  readonly isList?: true
  readonly isNullable?: true
  readonly read: FieldRead
  /** Column that it can be filtered by, and the permission that this takes beside the field's. */
  readonly filter?: { readonly column: string } & Guarded
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

export const money = (options: Options<MoneyField>): MoneyField => ({ kind: 'money', ...options })
export const items = (options: Options<ItemsField>): ItemsField => ({ kind: 'items', ...options })
export const many = (options: Options<ManyField>): ManyField => ({ kind: 'many', ...options })
export const reference = (options: Options<ReferenceField>): ReferenceField => ({ kind: 'reference', ...options })
export const references = (options: Options<ReferencesField>): ReferencesField => ({ kind: 'references', ...options })
export const list = (options: Options<ListField>): ListField => ({ kind: 'list', ...options })
export const computed = (options: Options<ComputedField>): ComputedField => ({ kind: 'computed', ...options })
export const group = (options: Options<GroupField>): GroupField => ({ kind: 'group', ...options })
export const rows = (options: Options<RowsField>): RowsField => ({ kind: 'rows', ...options })
export const source = (options: Options<SourceField>): SourceField => ({ kind: 'source', ...options })
export const resolved = (options: Options<ResolvedField>): ResolvedField => ({ kind: 'resolved', ...options })
export const condition = (declaration: ConditionDeclaration): ConditionDeclaration => declaration
export const custom = (options: Options<CustomField>): CustomField => ({ kind: 'custom', ...options })
