import type { Sql } from '../../data/sql.ts'
import type { CostedField } from '../field-cost.ts'
import type { DescribedField } from './field-options.ts'
import type { RowReference } from './field-sql.ts'
import type { ItemDeclaration } from './item.ts'

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
  /**
   * With `by`: what clients write of the other records when they create this one, declared by `defineItem` with the
   * model of the other object, as `<field>: [<Item>Input!]`. The other object needs no create of its own, and updates of
   * this record do not have the field. A rule of the other object's own does not run for them.
   */
  readonly createdWith?: ItemDeclaration
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
