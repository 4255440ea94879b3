import type { Permission } from '../permission.ts'

/** Options that fields of every kind have. */
export interface DescribedField {
  /** Description in the GraphQL schema. */
  readonly description: string
  /**
   * Whether the field is sensitive: a permission on the object, such as `account:read`, does not cover the field. Only
   * grants that name it (`account.taxId:read`), `account:*` and `*:*` do. A field whose SQL or code uses a sensitive
   * field has to be sensitive too.
   */
  readonly sensitive?: true
  /**
   * Why the field will be removed and what to use instead; clients see it as `@deprecated`. A published name may be
   * removed only after it was deprecated.
   */
  readonly deprecated?: string
}

/** Options of a field or condition whose SQL reads records of other objects. */
export interface GuardedField {
  /**
   * Permission that the caller needs for the records that the SQL reads, such as `gift:read`: an object and an action,
   * without a field or a scope. A caller who may read
   * only some gifts gets a value only when the SQL uses `sees` to read only visible gifts. A plugin whose SQL reads
   * tables and uses neither `permission` nor `sees` is refused.
   */
  readonly permission?: Permission
}
