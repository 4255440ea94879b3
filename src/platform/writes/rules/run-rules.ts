import type { PluginContext } from '../../declare/plugin-context.ts'
import type { Rule } from '../../declare/rules/rule.ts'
import type { OwnedRule } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { attributedTo } from '../../sandbox/attribution.ts'
import { finishPart, startPart } from '../../sandbox/run-part.ts'
import { isSandboxed } from '../../sandbox/running.ts'
import {
  budgetNow,
  failureOf,
  isPromise,
  MAX_BUDGET_MS,
  overrun,
  runInterruptible,
  settledUntil,
} from '../../sandbox/time-limit.ts'
import { levelOf, markFailed } from '../../sandbox/work-level.ts'
import { countRun } from './rule-timings.ts'

/** How the rules of one write or operation are run. */
export interface RuleRun<RuleType extends Rule, Result> {
  /** Whether the rules run before the write. Rules of plugins can then read but not write. */
  readonly isBefore: boolean
  /** Calls the rule. `isSandboxed` is true for a rule of a plugin. */
  call(rule: RuleType, context: PluginContext, isSandboxed: boolean): Result | Promise<Result>
  /** Called with the result of each rule, before the next rule runs. */
  onResult(owned: OwnedRule<RuleType>, result: Result, isSandboxed: boolean): void
}

/** Milliseconds that a rule of a plugin may take, unless it declares another budget. */
const BUDGET_MS = 250
/**
 * Milliseconds after which no further rule starts in a batch. A batch runs consecutive rules of plugins in one
 * interruptible call, because starting such a call costs as much as a hundred small rules. The time limit of the call
 * is this value plus the largest budget of its rules, so the last rule that starts in the batch has its whole budget.
 */
const BATCH_MS = 20

/**
 * Runs the rules that the workspace has not disabled, one after the other. Rules of core run without limits, rules of
 * plugins within their time budgets.
 * @throws PluginFailedError when a rule of a plugin throws, overruns its budget, or does something that it may not do.
 */
export async function runRules<RuleType extends Rule, Result>(
  work: UnitOfWork,
  rules: readonly OwnedRule<RuleType>[],
  run: RuleRun<RuleType, Result>,
): Promise<void> {
  const { disabledRules } = work.context.actor
  const active = rules.filter(({ rule }) => rule.isIntegral || !disabledRules.has(rule.name))
  for (let next = 0; next < active.length; ) {
    const owned = active[next]
    if (!owned) break
    if (isSandboxed(work, owned.plugin)) next = await runBatch(work, active, next, run)
    else {
      const result = run.call(owned.rule, work.context.runtime.pluginContext(work, owned.plugin), false)
      run.onResult(owned, isPromise(result) ? await result : result, false)
      next++
    }
  }
}

/**
 * Runs a batch of consecutive rules of plugins, from the index `from` on. The batch ends after the first rule that
 * returns a promise, when `BATCH_MS` have passed, and before a rule of core. Returns the index of the next rule.
 */
async function runBatch<RuleType extends Rule, Result>(
  work: UnitOfWork,
  rules: readonly OwnedRule<RuleType>[],
  from: number,
  run: RuleRun<RuleType, Result>,
): Promise<number> {
  const batch = rulesOfBatch(work, rules, from)
  const budget = Math.max(...batch.map(({ rule }) => budgetOf(rule)))
  let index = 0
  let pending: Promise<Result> | null = null
  let startedAt = budgetNow()
  const end = startedAt + BATCH_MS
  /** Counts the run of a rule that has failed, and returns its failure. */
  const fail = (owned: OwnedRule<RuleType>, error: unknown): unknown => {
    countRun(owned.plugin.id, owned.rule.name, startedAt, budgetNow(), true)
    return failureOf({ plugin: owned.plugin.id, name: owned.rule.name }, budgetOf(owned.rule), error)
  }
  /** Checks the duration of a rule that has returned, handles its result and counts the run. */
  const complete = (owned: OwnedRule<RuleType>, result: Result) => {
    const endedAt = budgetNow()
    if (endedAt - startedAt > budgetOf(owned.rule)) throw overrun()
    finishPart(work, owned.plugin)
    run.onResult(owned, result, true)
    countRun(owned.plugin.id, owned.rule.name, startedAt, endedAt, false)
  }
  try {
    runInterruptible(budget + BATCH_MS, () => {
      for (; index < batch.length && (index === 0 || startedAt < end); index++) {
        const owned = batch[index]
        if (!owned) return
        startedAt = budgetNow()
        const { plugin, rule } = owned
        const context = startPart(work, plugin, rule.name, run.isBefore)
        const result = attributedTo({ plugin: plugin.id, name: rule.name }, () => run.call(rule, context, true))
        if (isPromise(result)) {
          pending = result
          return
        }
        complete(owned, result)
      }
    })
    const owned = batch[index]
    if (pending && owned) {
      const limit = budgetOf(owned.rule)
      const part = { plugin: owned.plugin.id, name: owned.rule.name }
      complete(owned, await settledUntil(part, limit, startedAt + limit, pending))
      index++
    }
  } catch (error) {
    const owned = batch[index]
    const failure = owned ? fail(owned, error) : error
    // Code of the rule may still run after its budget is used up. Once the transaction is marked as failed, statements
    // and writes of this code are refused.
    markFailed(levelOf(work), failure)
    throw failure
  }
  return from + index
}

/** Returns the rules that can run in one batch: the rules of plugins from an index on, up to the next rule of core. */
function rulesOfBatch<RuleType extends Rule>(
  work: UnitOfWork,
  rules: readonly OwnedRule<RuleType>[],
  from: number,
): readonly OwnedRule<RuleType>[] {
  const end = rules.findIndex(({ plugin }, index) => index >= from && !isSandboxed(work, plugin))
  return rules.slice(from, end < 0 ? rules.length : end)
}

function budgetOf({ budgetMs = BUDGET_MS }: Rule): number {
  return Math.min(budgetMs, MAX_BUDGET_MS)
}
