import { z } from 'zod'
import type { Values } from '../declare/rules/values.ts'
import type { RequestContext } from '../request/context.ts'
import { auditReads } from './audited-reads.ts'
import { auditRefusal, isRefusal } from './refusals.ts'

/** A root mutation field, as the audit knows it. */
export interface AuditedMutation {
  readonly name: string
  /** Whether it may be about a user or another actor whom its input names, such as `userId`; else such an id is a value. */
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
  const auditedReads = new Map<string, Set<string>>()
  const own: RequestContext = { ...context, mutation: name, auditedReads }
  let answer: Answer
  try {
    answer = await run(own)
  } catch (error) {
    if (isRefusal(error)) {
      const { permission, plugin } = error.extensions
      await auditRefusal(own, { ids: idsIn(input), isOperation }, { permission, plugin })
    }
    throw error
  }
  const permission = refusedPermission(answer)
  if (permission !== null) await auditRefusal(own, { ids: idsIn(input), isOperation }, { permission })
  await auditReads(own, auditedReads)
  return answer
}

const refused = z.object({ userErrors: z.array(z.object({ permission: z.string().optional() })) })

/** The permission for want of which a rule refused what was asked; null where none did. See `rightsViolation`. */
function refusedPermission(answer: unknown): string | null {
  const { data } = refused.safeParse(answer)
  return data?.userErrors.find(({ permission }) => permission !== undefined)?.permission ?? null
}

/** Ids in an input, the likelier ones to name what it is about first: `id`, `recordId`, and the others as they are declared. */
function idsIn(input: Values): unknown[] {
  const { id, recordId, ...others } = input
  return [id, recordId, ...Object.entries(others).flatMap(([name, value]) => (name.endsWith('Id') ? [value] : []))]
}
