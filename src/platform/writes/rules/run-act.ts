import type { RuleResult } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { OwnedAct } from '../../registry/acts.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { isSandboxed } from '../../sandbox/running.ts'
import { checkRuleResult } from './check-result.ts'
import { frozenCopy } from './frozen-copy.ts'

/** Milliseconds that a business act of a plugin may take. */
const BUDGET_MS = 1_000

/**
 * Runs the code of a business act (such as `completeTask`) on a record and returns its result: a patch, which is not
 * written yet, or refusals.
 * @throws PluginFailedError when an act of a plugin throws, overruns its budget, or returns a result that is not valid.
 */
export function runAct(
  work: UnitOfWork,
  { act, plugin }: OwnedAct,
  record: Values,
  input: Values,
): Promise<RuleResult> {
  return runPart(work, plugin, act.name, BUDGET_MS, async (context) => {
    if (!isSandboxed(work, plugin)) return act.apply(record, context, input)
    const result = await act.apply(frozenCopy(record), context, input)
    checkRuleResult(work.context.runtime.registry, result, ['patch', 'refusals'])
    return result ?? {}
  })
}
