import { z } from 'zod'
import type { Values } from '../declare/rules/values.ts'
import type { RequestContext } from '../request/context.ts'
import { auditReads } from './audited-reads.ts'
import { auditRefusal, isRefusal } from './refusals.ts'

/** The root mutation field that is audited. */
export interface AuditedMutation {
  readonly name: string
  /**
   * Whether the mutation is an operation. The subject of an operation may be an actor that its input names, such as
   * `userId`; in other mutations such an id is only a value.
   */
  readonly isOperation: boolean
}

/**
 * Runs a mutation and audits it: its writes carry its name; a refusal gets an entry, although the mutation itself is
 * rolled back; and each record in its answer whose object has audited reads gets an entry.
 */
export async function auditMutation<Answer>(
  context: RequestContext,
  { name, isOperation }: AuditedMutation,
  input: Values,
  run: (context: RequestContext) => Answer | Promise<Answer>,
): Promise<Answer> {
  const auditedReads = new Map<string, Set<string>>()
  const mutationContext: RequestContext = { ...context, mutation: name, auditedReads }
  let answer: Answer
  try {
    answer = await run(mutationContext)
  } catch (error) {
    if (isRefusal(error)) {
      const { permission, plugin } = error.extensions
      await auditRefusal(mutationContext, { ids: idsIn(input), isOperation }, { permission, plugin })
    }
    throw error
  }
  const permission = refusedPermission(answer)
  if (permission !== null) await auditRefusal(mutationContext, { ids: idsIn(input), isOperation }, { permission })
  await auditReads(mutationContext, auditedReads)
  return answer
}

const refusedPayload = z.object({ userErrors: z.array(z.object({ permission: z.string().optional() })) })

/** Returns the permission for lack of which a rule refused the mutation; null when none did. See `rightsViolation`. */
function refusedPermission(answer: unknown): string | null {
  const { data } = refusedPayload.safeParse(answer)
  return data?.userErrors.find(({ permission }) => permission !== undefined)?.permission ?? null
}

/**
 * Returns the ids in an input, the likeliest subject first: `id`, `recordId`, then the others in their declared order.
 */
function idsIn(input: Values): unknown[] {
  const { id, recordId, ...others } = input
  return [id, recordId, ...Object.entries(others).flatMap(([name, value]) => (name.endsWith('Id') ? [value] : []))]
}
