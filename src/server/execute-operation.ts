import { type ExecutionArgs, type ExecutionResult, execute, getOperationAST, getVariableValues } from 'graphql'
import { executeQuery } from '../platform/reads/execute-query.ts'
import type { RequestContext } from '../platform/request/context.ts'

/**
 * Executes a query or mutation. A query is compiled to SQL. Only mutations and introspection fields (`__schema`,
 * `__type`) use the executor of the GraphQL library.
 */
export async function executeOperation(args: ExecutionArgs): Promise<ExecutionResult> {
  const operation = getOperationAST(args.document, args.operationName)
  if (operation?.operation !== 'query') return execute(args)
  const coerced = getVariableValues(args.schema, operation.variableDefinitions ?? [], args.variableValues ?? {}, {
    maxErrors: 20,
  })
  if (coerced.errors) return { errors: coerced.errors }
  const context = args.contextValue
  if (!isRequestContext(context)) throw new Error('The request has no context.')
  const { result, hasIntrospection } = await executeQuery({
    schema: args.schema,
    document: args.document,
    operation,
    variables: coerced.coerced,
    context,
  })
  if (!hasIntrospection || !result.data) return result
  // The executor adds the introspection fields, and takes the values of all other fields from the result of the SQL.
  const executed = await execute({ ...args, rootValue: result.data })
  const errors = [...(result.errors ?? []), ...(executed.errors ?? [])]
  return errors.length > 0 ? { ...executed, errors } : executed
}

/** Whether a value is the context that this server creates for each request. */
export function isRequestContext(value: unknown): value is RequestContext {
  return value !== null && typeof value === 'object' && 'runtime' in value && 'actor' in value && 'requestHash' in value
}
