import type { ErrorPolicy } from '../writes/create.ts'

/** What to import: which column goes where, and how a record that is there already is known. */
export interface ImportOrder {
  /** Object by its GraphQL type, such as `Account`. */
  readonly object: string
  readonly columns: readonly ImportColumn[]
  readonly constants: readonly ImportConstant[]
  /** Fields by which records are known; empty for the object's natural key. */
  readonly matchBy: readonly string[]
  readonly errorPolicy: ErrorPolicy
  /** Whether everything is done as it would be, and then taken back. */
  readonly dryRun: boolean
}

/** One column of the file and the field it goes to. */
export interface ImportColumn {
  /** Name in the header. */
  readonly column: string
  /** `name`, `annualRevenue`, `parent.name`, `emails.address`, `emails.2.address`. */
  readonly field: string
  /** Currency of amounts, ISO 4217. */
  readonly currency?: string | undefined
  /** Number that numbers are multiplied with, exactly. */
  readonly factor?: string | undefined
  /** How days are written, such as `MM/DD/YYYY`; ISO 8601 unless given. */
  readonly format?: string | undefined
  /** Values to correct, before anything else looks at them. */
  readonly replacements: readonly ImportReplacement[]
}

export interface ImportReplacement {
  readonly from: string
  readonly to: string
}

/** A value that every record gets, as if the file had a column of it. */
export interface ImportConstant {
  readonly field: string
  readonly value: string
}
