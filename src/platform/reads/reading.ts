import type { Model } from '../data/models/models.ts'
import { columnOf, empty, join, type Sql, sql, unseen } from '../data/sql.ts'
import type { Actor } from '../identity/authenticate.ts'
import type { Guard } from '../permissions/guard.ts'
import type { ObjectType, Registry } from '../registry/registry.ts'
import type { RequestContext } from '../request/context.ts'
import type { FieldGroup, Selected } from './collect.ts'

/** One statement being compiled for one caller. */
export interface Reading extends Selected {
  readonly registry: Registry
  readonly actor: Actor
  /** Whether it is compiled for the platform itself, such as a sharing rule's filter: nothing is hidden then. */
  readonly isSystem?: true
  /** Object whose record is the caller's own here, such as their role: its fields need no permission. Not of what lies below. */
  readonly own?: ObjectType | undefined
  /** What plugins' access rules answered, by rule and action: each is asked once. */
  readonly decisions: Map<string, boolean | Readonly<Record<string, unknown>>>
  /** What code computes once the statement is answered, by the field's declaration. */
  readonly resolutions: Map<object, Resolution>
  /** Records of objects whose reads are audited that the answer tells of: uuids by object. Filled as it is shaped. */
  readonly told: Map<string, Set<string>>
  /** Told of what plugins' code failed with. */
  readonly report?: (failure: unknown) => Promise<void>
  /** Compiles a filter of an object, as `where` does. */
  readonly where: (reading: Reading, object: ObjectType, row: Row, filter: unknown) => Sql
  /** A fresh alias. The same request shape gets the same aliases, so that its statement text is the same. */
  alias(): Sql
}

/** A field that code computes, for all records of an answer at once. */
export interface Resolution {
  /** Adds a record by the columns that the code needs. Answers what stands for its value; `group` is where a failure is told. */
  add(record: Readonly<Record<string, unknown>>, group: FieldGroup): unknown
  /** Computes the values of all that were added. Never throws: each value tells what failed. */
  run(): Promise<void>
}

/** A row of a table in the statement. */
export interface Row {
  readonly alias: Sql
  readonly model: Model
  /** SQL of a column, by the model's field name. */
  column(name: string): Sql
}

/** A piece of SQL with a JSON value, and how that value becomes the answer. */
export interface Compiled {
  readonly sql: Sql
  readonly shape: Shape
}

export type Shape = (value: unknown) => unknown

/** Where a field is being compiled. */
export interface Place {
  readonly reading: Reading
  /** Row of the record whose field it is. */
  readonly row: Row
  readonly group: FieldGroup
  readonly args: Readonly<Record<string, unknown>>
  /** Schema coordinate of the field, such as `Account.contacts`. */
  readonly coordinate: string
}

/** How a GraphQL field is read: in `extensions.read` of the field; a root field that code answers has `extensions.run`. */
export type FieldRead = (place: Place) => Compiled

/** Where a root field is answered by code. */
export interface RunPlace {
  readonly context: RequestContext
  readonly reading: Reading
  readonly group: FieldGroup
  readonly args: Readonly<Record<string, unknown>>
}

/** What code answered, as the client selects it; the values in it that are known only later are still deferred. */
export type FieldRun = (place: RunPlace) => Promise<unknown>

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    readonly read?: FieldRead
    /** What the field asks of the caller. */
    readonly guard?: Guard
    readonly run?: FieldRun
    /** Plugin that adds it; absent for core's. */
    readonly owner?: string
  }
  interface GraphQLObjectTypeExtensions<_TSource, _TContext> {
    readonly owner?: string
  }
  interface GraphQLInterfaceTypeExtensions {
    readonly owner?: string
  }
  interface GraphQLEnumTypeExtensions {
    readonly owner?: string
  }
  interface GraphQLInputObjectTypeExtensions {
    readonly owner?: string
  }
  interface GraphQLInputFieldExtensions {
    readonly owner?: string
  }
  interface GraphQLEnumValueExtensions {
    readonly owner?: string
  }
}

export function rowOf(alias: Sql, model: Model): Row {
  return {
    alias,
    model,
    column(name) {
      const column = model.columns.get(name)
      if (!column) throw new Error(`Model ${model.name} has no column ${name}.`)
      return columnOf(alias, column.column)
    },
  }
}

/** The workspace a row belongs to; a workspace's own row belongs to itself. */
export function workspaceOf(row: Row): Sql {
  return row.model.hasWorkspace ? row.column('workspaceId') : row.column('id')
}

/** That a row which is looked up, by its key or from another row, lies in the caller's workspace. */
export function inSameWorkspace({ actor }: Reading, row: Row): Sql {
  return sql`${workspaceOf(row)} = ${unseen(actor.workspaceId)}`
}

/** The row for SQL that looks others up from it: the workspace that it tells is one that the planner does not see. */
export function besideSubqueries({ actor }: Reading, row: Row): Row {
  return { ...row, column: (name) => (name === 'workspaceId' ? unseen(actor.workspaceId) : row.column(name)) }
}

/** Marks an answer with its GraphQL type where the schema has an interface or union. Symbols don't reach the JSON. */
export const TYPE_NAME = Symbol('GraphQL type')

export const asIs: Shape = (value) => value

// PostgreSQL takes 100 arguments at most in one call.
const MAX_ARGUMENTS = 90

/** SQL of a JSON array of the expressions, and how to get at its elements. */
export function tuple(expressions: readonly Sql[]): {
  readonly sql: Sql
  elements(value: unknown): readonly unknown[]
} {
  if (expressions.length <= MAX_ARGUMENTS) return { sql: jsonArray(expressions), elements: elementsOf }
  const chunks: Sql[] = []
  for (let start = 0; start < expressions.length; start += MAX_ARGUMENTS)
    chunks.push(jsonArray(expressions.slice(start, start + MAX_ARGUMENTS)))
  return { sql: jsonArray(chunks), elements: (value) => elementsOf(value).flatMap(elementsOf) }
}

function jsonArray(expressions: readonly Sql[]): Sql {
  return sql`json_build_array(${expressions.length === 0 ? empty : join(expressions)})`
}

/** The elements of a JSON array that a compiled statement made. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('A compiled read answered something that is no array.')
  return value
}
