import type { Permission } from '../permission.ts'
import type { OperationInputType } from '../rules/operation-input.ts'
import type { DescribedField } from './field-options.ts'

/** An argument of a computed field, a source or a query. */
export interface FieldArgument extends DescribedField {
  /** GraphQL input type: a scalar such as `Boolean`, an enum of the models, or an input type that is declared here. */
  readonly type: string | OperationInputType
  readonly isList?: true
  /** Whether the argument has to be sent and can't be null. Default: it may be null or absent. */
  readonly isRequired?: true
  /**
   * For an argument of a field: permission that the caller needs to send it, such as `interaction.kind:read` when the
   * SQL filters by that field.
   */
  readonly permission?: Permission
}

/** Declared arguments by name. */
export type FieldArguments = Readonly<Record<string, FieldArgument>>

/** Values of arguments by name. A `DateTime` is a Date, a `Date` or `Decimal` a text, an `ID` a record id. */
export type ArgumentValues = Readonly<Record<string, unknown>>
