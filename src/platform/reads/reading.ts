import type { GraphQLFieldResolver } from 'graphql'
import type { Row } from '../data/row.ts'
import { empty, join, type Sql, sql } from '../data/sql.ts'
import type { Planning, Transaction } from '../data/transaction.ts'
import type { FieldRead, Shape } from '../declare/objects/field-read.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import type { Guard } from '../permissions/guard.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { RequestContext } from '../request/context.ts'
import type { FieldGroup, Selected } from './collect.ts'

/** The state of one SQL statement while it is compiled for one caller. */
export interface Reading extends AccessContext, Selected {
  /**
   * Set while a record is compiled that belongs to the caller, such as one of their roles: the object of this record.
   * Its fields then need no permission. Not set for records inside these fields.
   */
  readonly ownObject?: ObjectType | undefined
  /**
   * The code that computes selected fields after the statement has returned: by the declaration of a resolved field, and
   * by plugin for fields of its `schema`.
   */
  readonly resolutions: Map<object, Resolution>
  /**
   * uuids of the records in the answer whose reads are audited, by the object's name. Added while the statement's
   * result is turned into the answer (`Compiled.shape`).
   */
  readonly auditedReads: Map<string, Set<string>>
  /** Whether the answer may contain placeholders (see `deferred`) although `resolutions` is empty. */
  readonly placeholders: { isUsed: boolean }
  /** When PostgreSQL plans the statement. */
  readonly planning: { when: Planning }
  /** Reports a failure of a plugin's code. */
  readonly report?: (failure: unknown) => Promise<void>
  /** The request whose selection is compiled; absent where no client selects fields. */
  readonly request?: RequestContext
  /**
   * Transaction in which the statement runs, such as that of a mutation. Absent for a statement in a transaction of its
   * own: code that runs after the statement then begins another transaction if it reads anything.
   */
  readonly transaction?: Transaction
}

/** Code that computes values of an answer after the statement has returned, for many records at once. */
export interface Resolution {
  /** Whether records were added since the last run. */
  readonly isPending: boolean
  /**
   * Computes the values of the records that were added since the last run. Never throws: a failure is thrown when the
   * placeholders are replaced by values.
   */
  run(): Promise<void>
  /** Called once after the last run. */
  end?(): Promise<void>
}

/** One call of the code of a root field. */
export interface FieldCall {
  readonly context: RequestContext
  readonly reading: Reading
  readonly group: FieldGroup
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * Runs the code of a root field and returns the fields that the client selects of its result. The result may contain
 * placeholders for values that are not known yet (see `deferred`).
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
    /** Computes the value of a field of a plugin's `schema`, from what the field has selected. */
    readonly resolveValue?: GraphQLFieldResolver<unknown, unknown>
    /** Whether null is a failure of a field of a plugin's `schema`, although its type is nullable for failures. */
    readonly isNeverNull?: boolean
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
 * Key under which an answer object holds the name of its GraphQL type, where the schema has an interface or union. It
 * is a symbol, so that JSON.stringify leaves the name out of the response.
 */
export const TYPE_NAME = Symbol('GraphQL type')

/** Returns the JSON value unchanged: the `shape` of a value that needs no conversion. */
export const asIs: Shape = (value) => value

// PostgreSQL takes at most 100 arguments in one function call.
const MAX_ARGUMENTS = 90

/**
 * Returns SQL that builds a JSON array of the expressions, and `elements`, which returns the elements of that array.
 * More than 90 expressions become an array of arrays, because of PostgreSQL's limit. `elements` flattens it.
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
