import type { RequestContext } from '../context.ts'
import type { Values } from '../operations/define.ts'
import { tellReads } from './reads.ts'
import { isRefusal, tellRefusal } from './refusals.ts'

/** A root mutation field, as the audit knows it. */
export interface AuditedMutation {
  readonly name: string
  /** Whether any id in its input names the record that it is about, such as `leadId`; else only `id` does. */
  readonly isOperation: boolean
}

/**
 * Runs a mutation so that the audit tells of it: what it writes carries its name, a refusal has an entry although nothing
 * else of it is left, and so has each record of an object with audited reads that its answer tells of.
 */
export async function auditMutation<Answer>(
  context: RequestContext,
  { name, isOperation }: AuditedMutation,
  input: Values,
  run: (context: RequestContext) => Answer | Promise<Answer>,
): Promise<Answer> {
  const told = new Map<string, Set<string>>()
  const own: RequestContext = { ...context, mutation: name, told }
  let answer: Answer
  try {
    answer = await run(own)
  } catch (error) {
    if (isRefusal(error)) await tellRefusal(own, [input['id'], ...(isOperation ? idsIn(input) : [])], error)
    throw error
  }
  await tellReads(own, told)
  return answer
}

function idsIn(input: Values): unknown[] {
  return Object.entries(input).flatMap(([name, value]) => (name.endsWith('Id') ? [value] : []))
}
