import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
} from 'graphql'
import type { RequestContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { collectFields, type FieldGroup } from './collect.ts'
import { type Compiled, type Reading, startReading, tuple } from './reading.ts'
import { rootRow } from './root.ts'
import { compileField } from './select.ts'

/** A query that is about to be answered: its variables are already coerced. */
export interface QueryToExecute {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
}

export function readingFor(query: QueryToExecute): Reading {
  const fragments: Record<string, FragmentDefinitionNode> = {}
  for (const definition of query.document.definitions)
    if (definition.kind === 'FragmentDefinition') fragments[definition.name.value] = definition
  const { runtime, actor } = query.context
  return startReading({
    schema: query.schema,
    fragments,
    variables: query.variables,
    registry: runtime.registry,
    actor,
  })
}

/**
 * Answers every selected root field of a query with one SQL statement. Fields of introspection are left out: the
 * GraphQL executor adds them. A field that can't be compiled is null with its error, as the specification asks.
 */
export async function executeQuery(
  query: QueryToExecute,
): Promise<{ readonly result: ExecutionResult; readonly hasIntrospection: boolean }> {
  const reading = readingFor(query)
  const groups = collectFields(reading, 'Query', [query.operation.selectionSet])
  const errors: GraphQLError[] = []
  const parts: { readonly key: string; readonly compiled: Compiled }[] = []
  const data: Record<string, unknown> = {}
  let hasIntrospection = false
  for (const [key, group] of groups) {
    const name = group[0].name.value
    // Keeps the keys in the order of the selection, whatever is filled in later.
    data[key] = null
    if (name === '__typename') data[key] = 'Query'
    else if (name.startsWith('__')) hasIntrospection = true
    else
      attempt(key, group, errors, () =>
        parts.push({ key, compiled: compileField(reading, 'Query', rootRow(reading), group) }),
      )
  }
  if (parts.length > 0) {
    const answer = tuple(parts.map(({ compiled }) => compiled.sql))
    const statement = sql`select ${answer.sql} as answer`
    const { runtime, actor } = query.context
    const [row] = await read<{ answer: string }>(runtime.database, actor.workspaceId, statement, runtime.onStatement)
    const values = answer.elements(JSON.parse(row?.answer ?? '[]'))
    for (const [index, { key, compiled }] of parts.entries()) data[key] = compiled.shape(values[index])
  }
  if (errors.length === 0) return { result: { data }, hasIntrospection }
  return {
    result: {
      errors,
      data: errors.some(({ path }) => isNonNull(query.schema, groups.get(String(path?.[0])))) ? null : data,
    },
    hasIntrospection,
  }
}

function attempt(key: string, group: FieldGroup, errors: GraphQLError[], compile: () => void): void {
  try {
    compile()
  } catch (error) {
    errors.push(locatedError(error, group, [key]))
  }
}

function isNonNull(schema: GraphQLSchema, group: FieldGroup | undefined): boolean {
  const field = group ? schema.getQueryType()?.getFields()[group[0].name.value] : undefined
  return field?.type.toString().endsWith('!') ?? false
}
