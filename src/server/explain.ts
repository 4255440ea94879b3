import type { ExecutionResult } from 'graphql'
import type { RequestContext, Runtime } from '../platform/request/context.ts'
import { startExplanation } from '../platform/request/explanation.ts'
import { isRequestContext } from './execute-operation.ts'

/** What a request has to explain: the parts of its context that count. */
type Explained = Pick<RequestContext, 'runtime' | 'explanation'>

/**
 * Returns the runtime of a request, and an explanation of how it is answered where the client asked for one by
 * `"extensions": { "explain": true }`.
 * @param isAllowed Whether the server gives hints to developers; without it nobody gets an explanation.
 */
export function explained(runtime: Runtime, extensions: unknown, isAllowed: boolean): Explained {
  const isAsked = extensions !== null && typeof extensions === 'object' && Reflect.get(extensions, 'explain') === true
  if (!isAllowed || !isAsked) return { runtime }
  const explanation = startExplanation()
  const onStatement: NonNullable<Runtime['onStatement']> = (text, values) => {
    explanation.statements += 1
    runtime.onStatement?.(text, values)
  }
  return { runtime: { ...runtime, onStatement }, explanation }
}

/** Returns the result with the explanation of its request, if it has one, in `extensions.explain`. */
export function withExplanation(result: ExecutionResult, context: unknown): ExecutionResult {
  if (!isRequestContext(context) || !context.explanation) return result
  const { statements, fields } = context.explanation
  const sorted = [...fields].sort(([one], [other]) => (one < other ? -1 : 1))
  const computed = sorted.map(([, field]) => ({ ...field, milliseconds: Math.round(field.milliseconds) }))
  return { ...result, extensions: { ...result.extensions, explain: { statements, computed } } }
}
