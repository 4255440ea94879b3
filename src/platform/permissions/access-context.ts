import type { GraphQLSchema } from 'graphql'
import type { Row } from '../data/row.ts'
import type { Sql } from '../data/sql.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import type { Actor } from '../request/actor.ts'

/** The statement that is being compiled, as far as decisions about record access need it. */
export interface AccessContext {
  readonly schema: GraphQLSchema
  readonly registry: Registry
  readonly actor: Actor
  /** Whether SQL is compiled for the platform itself, such as a sharing rule's filter: nothing is hidden then. */
  readonly isSystem?: true
  /** Decisions of plugins' access rules, by rule and action, so that each rule is called once. */
  readonly decisions: Map<string, boolean | Readonly<Record<string, unknown>>>
  /**
   * Compiles a filter of an object to a condition. It is passed in because the two depend on each other: a sharing rule
   * is a filter, and a filter on related records checks which of them the caller may see.
   */
  readonly compileFilter: (context: AccessContext, object: ObjectType, row: Row, filter: unknown) => Sql
  /** Returns a fresh alias. The same request shape gets the same aliases, so that its statement text is the same. */
  alias(): Sql
}
