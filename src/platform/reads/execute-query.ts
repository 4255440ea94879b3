import {
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getArgumentValues,
  locatedError,
  type OperationDefinitionNode,
} from 'graphql'
import { sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { auditReads } from '../log/audited-reads.ts'
import { enforceGuard } from '../permissions/guard.ts'
import type { RequestContext } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { reportFailure } from '../sandbox/strikes.ts'
import { collectFields, type FieldGroup } from './collect.ts'
import { failuresInto, settleWithin } from './deferred.ts'
import { computeResolved } from './fields/resolutions.ts'
import { type Reading, tuple } from './reading.ts'
import { rootRow } from './root.ts'
import { compileField } from './select.ts'
import { startReading } from './start-reading.ts'

/** A query to execute. Its variables are already coerced. */
export interface QueryToExecute {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
}

/**
 * Returns the `Reading` for a query. Its `report` passes failures of plugins to the operator's log. Of these failures,
 * only an overrun of a time budget counts as a strike against the plugin.
 */
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
    request: query.context,
    now: timeOf(query.context),
    report: (failure) =>
      reportFailure(runtime, actor.workspaceId, query.context.requestId, failure, { strikes: 'for overruns only' }),
  })
}

/**
 * Executes a query: reads all root fields that compile to SQL with one statement and, at the same time, runs the code
 * of the other root fields. A field that fails is null and has an error, as the GraphQL specification requires. Values
 * of introspection fields are null in the result, and `hasIntrospection` is true: the GraphQL executor computes them.
 */
export async function executeQuery(
  query: QueryToExecute,
): Promise<{ readonly result: ExecutionResult; readonly hasIntrospection: boolean }> {
  const reading = readingFor(query)
  const groups = collectFields(reading, 'Query', [query.operation.selectionSet])
  const errors: GraphQLError[] = []
  const compiledFields: { readonly key: string; readonly compiled: Compiled }[] = []
  const runs: { readonly key: string; readonly group: FieldGroup; readonly run: () => Promise<unknown> }[] = []
  const data: Record<string, unknown> = {}
  let hasIntrospection = false
  for (const [key, group] of groups) {
    const name = group[0].name.value
    // Sets the keys in the order of the selection. The values are filled in later, in any order.
    data[key] = null
    if (name === '__typename') data[key] = 'Query'
    else if (name.startsWith('__')) hasIntrospection = true
    else
      collectError(key, group, errors, () => {
        const run = runOf(query, reading, group)
        if (run) runs.push({ key, group, run })
        else compiledFields.push({ key, compiled: compileField(reading, 'Query', rootRow(reading), group) })
      })
  }
  const reads = readFields(query.context, reading, compiledFields)
  await Promise.all([
    reads,
    ...runs.map(async ({ key, group, run }) => {
      try {
        data[key] = await run()
      } catch (error) {
        await reading.report?.(error)
        errors.push(locatedError(error, group, [key]))
      }
    }),
  ])
  Object.assign(data, await reads)
  if (reading.resolutions.size > 0 || reading.placeholders.isUsed || runs.length > 0) {
    await computeResolved(reading)
    settleWithin(data, [], failuresInto(errors))
  }
  await auditReads(query.context, reading.auditedReads)
  if (errors.length === 0) return { result: { data }, hasIntrospection }
  return {
    result: {
      errors,
      // The GraphQL specification requires this: when a root field of a non-null type fails, the whole data is null.
      data: errors.some(({ path }) => path?.length === 1 && isNonNull(query.schema, groups.get(String(path[0]))))
        ? null
        : data,
    },
    hasIntrospection,
  }
}

/** Reads the compiled fields with one statement, and returns their values by response key. */
async function readFields(
  { runtime, actor }: RequestContext,
  { planning }: Reading,
  fields: readonly { readonly key: string; readonly compiled: Compiled }[],
): Promise<Record<string, unknown>> {
  if (fields.length === 0) return {}
  const answer = tuple(fields.map(({ compiled }) => compiled.sql))
  const statement = sql`select ${answer.sql} as answer`
  const [row] = await read<{ answer: string }>(
    runtime.database,
    actor.workspaceId,
    statement,
    runtime.onStatement,
    planning.when,
  )
  const values = answer.elements(JSON.parse(row?.answer ?? '[]'))
  return Object.fromEntries(fields.map(({ key, compiled }, index) => [key, compiled.shape(values[index])]))
}

/**
 * Returns the function that runs the code of a root field, or null when the field compiles to SQL.
 * @throws GraphQLError when the caller does not pass the field's guard, or an argument is not valid.
 */
function runOf(query: QueryToExecute, reading: Reading, group: FieldGroup): (() => Promise<unknown>) | null {
  const field = query.schema.getQueryType()?.getFields()[group[0].name.value]
  const run = field?.extensions.run
  if (!field || !run) return null
  const { guard } = field.extensions
  if (!guard || guard.kind === 'field')
    throw new Error(`Query.${group[0].name.value} can't be run: the field has no guard of a root field.`)
  enforceGuard(reading.actor, guard)
  const args = getArgumentValues(field, group[0], reading.variables)
  return () => run({ context: query.context, reading, group, args })
}

/** Runs `compile`. When it throws, adds the error to `errors`, with the location and path of the root field. */
function collectError(key: string, group: FieldGroup, errors: GraphQLError[], compile: () => void): void {
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
