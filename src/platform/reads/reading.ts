import type { Row } from '../data/row.ts'
import { empty, join, type Sql, sql } from '../data/sql.ts'
import type { FieldRead, Shape } from '../declare/objects/field-read.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import type { Guard } from '../permissions/guard.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { RequestContext } from '../request/context.ts'
import type { FieldGroup, Selected } from './collect.ts'

/** One statement being compiled for one caller. */
export interface Reading extends AccessContext, Selected {
  /** Object whose record is the caller's own here, such as their role: its fields need no permission. Not of what lies below. */
  readonly own?: ObjectType | undefined
  /** What code computes once the statement is answered, by the field's declaration. */
  readonly resolutions: Map<object, Resolution>
  /** Records of objects whose reads are audited that the answer tells of: uuids by object. Filled as it is shaped. */
  readonly auditedReads: Map<string, Set<string>>
  /** Told of what plugins' code failed with. */
  readonly report?: (failure: unknown) => Promise<void>
}

/** A field that code computes, for all records of an answer at once. */
export interface Resolution {
  /** Adds a record by the columns that the code needs. Answers what stands for its value; `group` is where a failure is told. */
  add(record: Readonly<Record<string, unknown>>, group: FieldGroup): unknown
  /** Computes the values of all that were added. Never throws: each value tells what failed. */
  run(): Promise<void>
}

/** Where a root field is answered by code. */
export interface RunPlace {
  readonly context: RequestContext
  readonly reading: Reading
  readonly group: FieldGroup
  readonly args: Readonly<Record<string, unknown>>
}

/** What code answered, as the client selects it; the values in it that are known only later are still deferred. */
export type FieldRun = (place: RunPlace) => Promise<unknown>

declare module '../declare/objects/field-read.ts' {
  interface Place {
    readonly reading: Reading
    /** Row of the record whose field it is. */
    readonly row: Row
    readonly group: FieldGroup
  }
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    readonly read?: FieldRead
    /** What the field asks of the caller. */
    readonly guard?: Guard
    readonly run?: FieldRun
    /** Plugin that adds it; absent for core's. */
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

/** What a compiled read answers for an object: its selected fields by response key. */
export type Answer = { readonly [key: string]: unknown }

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
