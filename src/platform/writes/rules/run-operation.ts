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
import { parseDeclaredInput } from './parse-declared-input.ts'
import { runRules } from './run-rules.ts'

/** Milliseconds that an operation of a plugin may take. */
const OPERATION_BUDGET_MS = 5_000

/**
 * Runs an operation (a declared mutation with its own input and payload) with its rules, and returns its result. When the
 * input does not match the schemas of its fields, nothing runs, and the problems are the user errors of the result. When a
 * rule that runs before the operation refuses, the operation does not run, and the refusals are the user errors of the
 * result. The rules that run after the operation run only when it returns no user errors.
 * @throws PluginFailedError when the operation or a rule of a plugin throws, overruns its budget, or returns a result
 * that is not valid.
 */
export async function runOperation(
  work: UnitOfWork,
  { plugin, operation }: OwnedOperation,
  given: Values,
): Promise<OperationResult> {
  const { registry } = work.context.runtime
  const part = { plugin: plugin.id, name: operation.name }
  const { input, errors } = await parseDeclaredInput(part, operation.input, given)
  if (errors.length > 0) return { values: {}, userErrors: errors }
  const rules = operationRules(registry, operation.name)
  const refusals: UserError[] = []
  const before = rules.filter(({ rule }) => rule.before)
  if (before.length > 0)
    await runRules<OperationRule, Awaited<ReturnType<NonNullable<OperationRule['before']>>>>(work, before, {
      isBefore: true,
      call: (rule, context, isRuleSandboxed) => rule.before?.(isRuleSandboxed ? frozenCopy(input) : input, context),
      onResult(_owned, result, isRuleSandboxed) {
        if (isRuleSandboxed) checkRuleResult(registry, result, ['refusals'])
        refusals.push(...(result?.refusals ?? []))
      },
    })
  if (refusals.length > 0) return { values: {}, userErrors: refusals }
  const result = await runPart(work, plugin, operation.name, OPERATION_BUDGET_MS, async (context) => {
    const operationResult = await operation.run(input, context)
    if (isSandboxed(work, plugin)) checkOperationResult(registry, operationResult)
    return operationResult
  })
  const after = result.userErrors.length > 0 ? [] : rules.filter(({ rule }) => rule.after)
  if (after.length > 0)
    await runRules<OperationRule, void>(work, after, {
      isBefore: false,
      call: (rule, context, isRuleSandboxed) =>
        isRuleSandboxed
          ? rule.after?.(frozenCopy(input), { ...result, values: frozenCopy(result.values) }, context)
          : rule.after?.(input, result, context),
      onResult: () => undefined,
    })
  return result
}

function checkOperationResult(registry: Registry, result: OperationResult): void {
  if (!result?.values || !result.userErrors) throw new Error('It does not return { values, userErrors }.')
  checkRuleResult(registry, result, ['values', 'userErrors'])
}
