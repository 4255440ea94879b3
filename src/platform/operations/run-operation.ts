import { runPart } from '../plugins/run-part.ts'
import type { OperationRule, Values, Work } from './define.ts'
import type { OperationAnswer, OwnedOperation } from './operation.ts'
import { operationRules } from './rule-order.ts'
import { runRules } from './run-rules.ts'
import type { UserError } from './user-errors.ts'

/** Milliseconds that an operation of a plugin may take. */
const OPERATION_BUDGET_MS = 5_000

/** Runs an operation with the rules before and after it. A rule's refusal answers it without having run it. */
export async function runOperation(
  work: Work,
  { plugin, operation }: OwnedOperation,
  input: Values,
): Promise<OperationAnswer> {
  const rules = operationRules(work.context.runtime.registry, operation.name)
  const refusals: UserError[] = []
  const before = rules.filter(({ rule }) => rule.before)
  if (before.length > 0)
    await runRules<OperationRule, Awaited<ReturnType<NonNullable<OperationRule['before']>>>>(work, before, {
      isBefore: true,
      call: (rule, context) => rule.before?.(input, context),
      take: (_owned, answer) => void refusals.push(...(answer?.refusals ?? [])),
    })
  if (refusals.length > 0) return { values: {}, userErrors: refusals }
  const answer = await runPart(work, plugin, operation.name, OPERATION_BUDGET_MS, (context) =>
    operation.run(input, context),
  )
  const after = answer.userErrors.length > 0 ? [] : rules.filter(({ rule }) => rule.after)
  if (after.length > 0)
    await runRules<OperationRule, void>(work, after, {
      isBefore: false,
      call: (rule, context) => rule.after?.(input, answer, context),
      take: () => undefined,
    })
  return answer
}
