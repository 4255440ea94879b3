import type { UserErrorDeclaration } from './rules/user-errors.ts'

/** What a caller is told when a write violates a constraint or unique index of the plugin's tables. */
export interface ConstraintDeclaration {
  /** What is wrong and what to do, for a person to read: `The unit is let in that period.` */
  readonly message: string
  /**
   * Path of the field below `input` that the error of a create or update names, such as `['startsOn']`. Default: the
   * first column of the constraint that the input sets. Of acts, deletes and restores the path is `['input', 'id']`.
   */
  readonly path?: readonly string[]
  /**
   * Type of the error, which the plugin declares under `errors`, without required fields. Default: a
   * `DuplicateRecordError` for unique indexes and exclusion constraints, an `InvalidInputError` for checks.
   */
  readonly error?: UserErrorDeclaration
}
