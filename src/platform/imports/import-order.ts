import type { ErrorPolicy } from '../writes/create.ts'

/**
 * The instructions of one import: which column is mapped to which field, and by which fields existing records are
 * found.
 */
export interface ImportOrder {
  /** GraphQL type of the object, such as `Account`. */
  readonly object: string
  readonly columns: readonly ImportColumn[]
  readonly constants: readonly ImportConstant[]
  /** Fields by which existing records are found; empty for the object's natural key. */
  readonly matchBy: readonly string[]
  /** Whether rows with the same key are one record, which gets the items of all of them. Otherwise they are errors. */
  readonly mergesRows?: boolean
  readonly errorPolicy: ErrorPolicy
  /** True to run the whole import, report what it does, and then roll it back. */
  readonly dryRun: boolean
}

/** A column of the file and the field that it is mapped to. */
export interface ImportColumn {
  /** Name of the column in the header. */
  readonly column: string
  /**
   * Path of the field: `name`, `parent.name` (of a related record), `emails.address`, `emails.2.address` (second item).
   */
  readonly field: string
  /** Currency of amounts, ISO 4217. */
  readonly currency?: string | undefined
  /** Decimal number by which the column's numbers are multiplied, exactly. */
  readonly factor?: string | undefined
  /** How dates and times are written, such as `MM/DD/YYYY`. Default: ISO 8601. */
  readonly format?: string | undefined
  /** Corrections of whole cells. They are applied first, before a cell is parsed. */
  readonly replacements: readonly ImportReplacement[]
}

export interface ImportReplacement {
  readonly from: string
  readonly to: string
}

/** A value that every record gets, as if the file had a column with this value in every row. */
export interface ImportConstant {
  readonly field: string
  readonly value: string
}
