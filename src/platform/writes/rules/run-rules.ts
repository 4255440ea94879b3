import type { PluginContext } from '../../declare/plugin-context.ts'
import type { Rule } from '../../declare/rules/rule.ts'
import type { OwnedRule } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { attributedTo } from '../../sandbox/attribution.ts'
import { finishPart, startPart } from '../../sandbox/run-part.ts'
import { isSandboxed } from '../../sandbox/running.ts'
import {
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
  /** Whether they run before the write: rules of plugins are then read-only. */
  readonly isBefore: boolean
  /** Calls the rule. `isSandboxed` is true for a rule of a plugin. */
  call(rule: RuleType, context: PluginContext, isSandboxed: boolean): Result | Promise<Result>
  /** Handles the result of a rule, before the next rule runs. */
  onResult(owned: OwnedRule<RuleType>, result: Result, isSandboxed: boolean): void
}

/** Milliseconds that a rule of a plugin may take, unless it declares another budget. */
const BUDGET_MS = 250
/**
 * Milliseconds after which no further rule starts in a frame. A frame is one interruptible call with a time limit.
 * Starting it costs as much as a hundred small rules, so consecutive rules of plugins share a frame. Its time limit is
 * longer by the largest budget of its rules, so the last rule that starts in it has its whole budget.
 */
const FRAME_MS = 20

/**
 * Runs the rules that the workspace has not disabled, one after the other: core's without limits, those of plugins
 * within their budgets.
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
    if (isSandboxed(work, owned.plugin)) next = await runFrame(work, active, next, run)
    else {
      const result = run.call(owned.rule, work.context.runtime.pluginContext(work, owned.plugin), false)
      run.onResult(owned, isPromise(result) ? await result : result, false)
      next++
    }
  }
}

/**
 * Runs consecutive rules of plugins, from the index `from` up to and including the first one that returns a promise.
 * Returns the index of the next rule.
 */
async function runFrame<RuleType extends Rule, Result>(
  work: UnitOfWork,
  rules: readonly OwnedRule<RuleType>[],
  from: number,
  run: RuleRun<RuleType, Result>,
): Promise<number> {
  const frame = rulesOfFrame(work, rules, from)
  const budget = Math.max(...frame.map(({ rule }) => budgetOf(rule)))
  let index = 0
  let pending: Promise<Result> | null = null
  let startedAt = performance.now()
  const end = startedAt + FRAME_MS
  /** Counts the run of a rule that has failed, and returns its failure. */
  const fail = (owned: OwnedRule<RuleType>, error: unknown): unknown => {
    countRun(owned.plugin.id, owned.rule.name, startedAt, performance.now(), true)
    return failureOf({ plugin: owned.plugin.id, name: owned.rule.name }, budgetOf(owned.rule), error)
  }
  /** Checks the duration of a rule that has returned, handles its result and counts the run. */
  const complete = (owned: OwnedRule<RuleType>, result: Result) => {
    const endedAt = performance.now()
    if (endedAt - startedAt > budgetOf(owned.rule)) throw overrun()
    finishPart(work, owned.plugin)
    run.onResult(owned, result, true)
    countRun(owned.plugin.id, owned.rule.name, startedAt, endedAt, false)
  }
  try {
    runInterruptible(budget + FRAME_MS, () => {
      for (; index < frame.length && (index === 0 || startedAt < end); index++) {
        const owned = frame[index]
        if (!owned) return
        startedAt = performance.now()
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
    const owned = frame[index]
    if (pending && owned) {
      const limit = budgetOf(owned.rule)
      const part = { plugin: owned.plugin.id, name: owned.rule.name }
      complete(owned, await settledUntil(part, limit, startedAt + limit, pending))
      index++
    }
  } catch (error) {
    const owned = frame[index]
    const failure = owned ? fail(owned, error) : error
    // Code of the rule may still run after its time is up. Its statements and writes are refused, because the
    // transaction has failed.
    markFailed(levelOf(work), failure)
    throw failure
  }
  return from + index
}

/** Returns the rules that can share a frame: the rules of plugins from an index on, up to the next rule of core. */
function rulesOfFrame<RuleType extends Rule>(
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
