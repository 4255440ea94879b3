import { z } from 'zod'
import type { Values } from '../declare/rules/values.ts'
import type { RequestContext } from '../request/context.ts'
import { auditReads } from './audited-reads.ts'
import { auditRefusal, isRefusal } from './refusals.ts'

/** The root mutation field that is audited. */
export interface AuditedMutation {
  readonly name: string
  /**
   * Whether the mutation is a declared operation. When an operation is refused, the audit entry may be about an actor
   * whose id is in the input, such as `userId`. In other mutations such an id is only a value, such as the owner of the
   * record.
   */
  readonly isOperation: boolean
}

/**
 * Runs a mutation and audits it. The entries of its writes contain the name of the mutation. A refusal gets an entry,
 * although the mutation is rolled back. The audit also gets an entry for each record in the answer whose object has
 * audited reads.
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

/**
 * Returns the missing permission when a rule refused the mutation because the caller lacks a permission
 * (`rightsViolation`); otherwise null.
 */
function refusedPermission(answer: unknown): string | null {
  const { data } = refusedPayload.safeParse(answer)
  return data?.userErrors.find(({ permission }) => permission !== undefined)?.permission ?? null
}

/**
 * Returns the ids in an input: first those that most likely identify the record that the mutation is about (`id`,
 * `recordId`), then the values of all other fields named `…Id`, in their declared order.
 */
function idsIn(input: Values): unknown[] {
  const { id, recordId, ...others } = input
  return [id, recordId, ...Object.entries(others).flatMap(([name, value]) => (name.endsWith('Id') ? [value] : []))]
}
