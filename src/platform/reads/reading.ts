import type { Row } from '../data/row.ts'
import { empty, join, type Sql, sql } from '../data/sql.ts'
import type { FieldRead, Shape } from '../declare/objects/field-read.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import type { Guard } from '../permissions/guard.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { RequestContext } from '../request/context.ts'
import type { FieldGroup, Selected } from './collect.ts'

/** One SQL statement while it is compiled for one caller. */
export interface Reading extends AccessContext, Selected {
  /**
   * Object of which the record that is being compiled is the caller's own, such as their role: its fields need no
   * permission. Absent again for the records below its fields.
   */
  readonly ownObject?: ObjectType | undefined
  /** The resolved fields of the answer, by their declarations. They are computed after the statement has returned. */
  readonly resolutions: Map<object, Resolution>
  /**
   * uuids of the records in the answer whose reads are audited, by the object's name. Filled while the answer is
   * shaped.
   */
  readonly auditedReads: Map<string, Set<string>>
  /** Reports a failure of a plugin's code. */
  readonly report?: (failure: unknown) => Promise<void>
}

/** One resolved field of an answer: code computes its values for all records at once. */
export interface Resolution {
  /**
   * Adds a record. Returns a deferred value that stands in the answer until `run` has computed the values.
   * @param record The columns that the code needs, by the model's field names.
   * @param group Selected field, for the location of an error.
   */
  add(record: Readonly<Record<string, unknown>>, group: FieldGroup): unknown
  /** Computes the values of all records that were added. Never throws: a failure is thrown when a value is settled. */
  run(): Promise<void>
}

/** One call of the code of a root field. */
export interface FieldCall {
  readonly context: RequestContext
  readonly reading: Reading
  readonly group: FieldGroup
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * Runs the code of a root field and returns its result as the client selects it. Values that are not known yet are
 * deferred.
 */
export type FieldRun = (call: FieldCall) => Promise<unknown>

declare module '../declare/objects/field-read.ts' {
  interface Place {
    readonly reading: Reading
    /** Row of the record that has the field. */
    readonly row: Row
    readonly group: FieldGroup
  }
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** Compiles the field to SQL. */
    readonly read?: FieldRead
    /** What the field requires of the caller. */
    readonly guard?: Guard
    /** Computes a root field that is not compiled to SQL. */
    readonly run?: FieldRun
    /** Plugin that adds the field; absent for core's fields. */
    readonly pluginId?: string
  }
  interface GraphQLObjectTypeExtensions<_TSource, _TContext> {
    readonly pluginId?: string
  }
  interface GraphQLInterfaceTypeExtensions {
    readonly pluginId?: string
  }
  interface GraphQLEnumTypeExtensions {
    readonly pluginId?: string
  }
  interface GraphQLInputObjectTypeExtensions {
    readonly pluginId?: string
  }
  interface GraphQLInputFieldExtensions {
    readonly pluginId?: string
  }
  interface GraphQLEnumValueExtensions {
    readonly pluginId?: string
  }
}

/** The answer for one object: its selected fields by response key. */
export type Answer = { readonly [key: string]: unknown }

/**
 * Key of the name of an answer's GraphQL type, where the schema has an interface or union. It is a symbol, so that it
 * is not part of the JSON.
 */
export const TYPE_NAME = Symbol('GraphQL type')

/** Shape of a value whose JSON is the answer already. */
export const asIs: Shape = (value) => value

// PostgreSQL takes at most 100 arguments in one function call.
const MAX_ARGUMENTS = 90

/**
 * Returns the SQL of a JSON array of the expressions, in chunks where PostgreSQL takes no call with so many arguments,
 * and the function that returns the elements of its value.
 */
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

/** Returns the elements of a JSON array in the result of a compiled statement. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('A compiled statement returned a value that is not an array.')
  return value
}
