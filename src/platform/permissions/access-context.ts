import type { GraphQLSchema } from 'graphql'
import type { Row } from '../data/row.ts'
import type { Sql } from '../data/sql.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import type { Actor } from '../request/actor.ts'

/** What decisions about record access need to know of the SQL statement that is being compiled. */
export interface AccessContext {
  readonly schema: GraphQLSchema
  readonly registry: Registry
  readonly actor: Actor
  /** Time of the request. */
  readonly now: Date
  /** Whether SQL is compiled for the platform itself, such as a sharing rule's filter: no permission is needed then. */
  readonly isSystem?: true
  /** Cached decisions of access rules, by rule and action, so that each rule is called once for a statement. */
  readonly decisions: Map<string, boolean | Readonly<Record<string, unknown>>>
  /**
   * Compiles a filter of an object to a condition. It is a property and not an import because record access and filters
   * depend on each other: a sharing rule is a filter, and a filter on related records checks which of the related
   * records the caller may see.
   */
  readonly compileFilter: (context: AccessContext, object: ObjectType, row: Row, filter: unknown) => Sql
  /**
   * Returns an alias that the statement does not use yet. The same request shape gets the same aliases, so that its
   * statement text is the same.
   */
  alias(): Sql
}
