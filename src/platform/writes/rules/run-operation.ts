import type { OperationResult } from '../../declare/rules/operation.ts'
import type { OperationRule } from '../../declare/rules/rule.ts'
import type { UserError } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { OwnedOperation } from '../../registry/acts.ts'
import type { Registry } from '../../registry/object-type.ts'
import { operationRules } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { isSandboxed } from '../../sandbox/running.ts'
import { checkRuleResult } from './check-result.ts'
import { frozenCopy } from './frozen-copy.ts'
import { runRules } from './run-rules.ts'

/** Milliseconds that an operation of a plugin may take. */
const OPERATION_BUDGET_MS = 5_000

/** Runs an operation with the rules before and after it. A rule's refusal answers it without having run it. */
export async function runOperation(
  work: UnitOfWork,
  { plugin, operation }: OwnedOperation,
  input: Values,
): Promise<OperationResult> {
  const { registry } = work.context.runtime
  const rules = operationRules(registry, operation.name)
  const refusals: UserError[] = []
  const before = rules.filter(({ rule }) => rule.before)
  if (before.length > 0)
    await runRules<OperationRule, Awaited<ReturnType<NonNullable<OperationRule['before']>>>>(work, before, {
      isBefore: true,
      call: (rule, context, isOfPlugin) => rule.before?.(isOfPlugin ? frozenCopy(input) : input, context),
      take(_owned, answer, isOfPlugin) {
        if (isOfPlugin) checkRuleResult(registry, answer, ['refusals'])
        refusals.push(...(answer?.refusals ?? []))
      },
    })
  if (refusals.length > 0) return { values: {}, userErrors: refusals }
  const answer = await runPart(work, plugin, operation.name, OPERATION_BUDGET_MS, async (context) => {
    const given = await operation.run(input, context)
    if (isSandboxed(work, plugin)) checkOperationResult(registry, given)
    return given
  })
  const after = answer.userErrors.length > 0 ? [] : rules.filter(({ rule }) => rule.after)
  if (after.length > 0)
    await runRules<OperationRule, void>(work, after, {
      isBefore: false,
      call: (rule, context, isOfPlugin) =>
        isOfPlugin
          ? rule.after?.(frozenCopy(input), { ...answer, values: frozenCopy(answer.values) }, context)
          : rule.after?.(input, answer, context),
      take: () => undefined,
    })
  return answer
}

function checkOperationResult(registry: Registry, answer: OperationResult): void {
  if (!answer?.values || !answer.userErrors) throw new Error('It answers no { values, userErrors }.')
  checkRuleResult(registry, answer, ['values', 'userErrors'])
}
