import type { PluginContext } from '../../declare/plugin-context.ts'
import type { Rule } from '../../declare/rules/rule.ts'
import type { OwnedRule } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { attributedTo } from '../../sandbox/attribution.ts'
import { finishPart, startPart } from '../../sandbox/run-part.ts'
import { isSandboxed } from '../../sandbox/running.ts'
import { levelOf, markFailed } from '../../sandbox/scope.ts'
import {
  failureOf,
  isPromise,
  MAX_BUDGET_MS,
  overrun,
  runInterruptible,
  settledUntil,
} from '../../sandbox/time-limit.ts'
import { noteRun } from './rule-timings.ts'

/** How the rules of one write are run. */
export interface RuleRun<Of extends Rule, Answer> {
  /** Whether they run before the write, and may only look. */
  readonly isBefore: boolean
  call(rule: Of, context: PluginContext, isSandboxed: boolean): Answer | Promise<Answer>
  /** Takes a rule's answer before the next one runs. */
  take(owned: OwnedRule<Of>, answer: Answer, isSandboxed: boolean): void
}

const BUDGET_MS = 250
// Starting an interruptible frame costs as much as a hundred small rules, so that those which follow each other share one
// until it has run for so long: whatever is left of a frame is then enough for any rule's whole budget.
const FRAME_MS = 20

/**
 * Runs rules one after the other: core's as they are, those of plugins within their budgets.
 * @throws PluginFailedError for a rule that throws, overruns, or is refused what it does.
 */
export async function runRules<Of extends Rule, Answer>(
  work: UnitOfWork,
  rules: readonly OwnedRule<Of>[],
  run: RuleRun<Of, Answer>,
): Promise<void> {
  const { disabledRules } = work.context.actor
  const active = rules.filter(({ rule }) => rule.isIntegral || !disabledRules.has(rule.name))
  for (let next = 0; next < active.length; ) {
    const owned = active[next]
    if (!owned) break
    if (isSandboxed(work, owned.plugin)) next = await runFrame(work, active, next, run)
    else {
      const answer = run.call(owned.rule, work.context.runtime.pluginContext(work, owned.plugin), false)
      run.take(owned, isPromise(answer) ? await answer : answer, false)
      next++
    }
  }
}

/** Runs rules of plugins from a place on, up to one that has to be waited for. Answers the place of the next. */
async function runFrame<Of extends Rule, Answer>(
  work: UnitOfWork,
  rules: readonly OwnedRule<Of>[],
  from: number,
  run: RuleRun<Of, Answer>,
): Promise<number> {
  const frame = framed(work, rules, from)
  const budget = Math.max(...frame.map(({ rule }) => budgetOf(rule)))
  let index = 0
  let waiting: Promise<Answer> | null = null
  let startedAt = performance.now()
  const end = startedAt + FRAME_MS
  const fail = (owned: OwnedRule<Of>, error: unknown): unknown => {
    noteRun(owned.plugin.id, owned.rule.name, startedAt, performance.now(), true)
    return failureOf({ plugin: owned.plugin.id, name: owned.rule.name }, budgetOf(owned.rule), error)
  }
  /** Takes the answer of a rule that has ended. */
  const done = (owned: OwnedRule<Of>, answer: Answer) => {
    const endedAt = performance.now()
    if (endedAt - startedAt > budgetOf(owned.rule)) throw overrun()
    finishPart(work, owned.plugin)
    run.take(owned, answer, true)
    noteRun(owned.plugin.id, owned.rule.name, startedAt, endedAt, false)
  }
  try {
    runInterruptible(budget + FRAME_MS, () => {
      for (; index < frame.length && (index === 0 || startedAt < end); index++) {
        const owned = frame[index]
        if (!owned) return
        startedAt = performance.now()
        const { plugin, rule } = owned
        const context = startPart(work, plugin, rule.name, run.isBefore)
        const answer = attributedTo({ plugin: plugin.id, name: rule.name }, () => run.call(rule, context, true))
        if (isPromise(answer)) {
          waiting = answer
          return
        }
        done(owned, answer)
      }
    })
    const owned = frame[index]
    if (waiting && owned) {
      const limit = budgetOf(owned.rule)
      const part = { plugin: owned.plugin.id, name: owned.rule.name }
      done(owned, await settledUntil(part, limit, startedAt + limit, waiting))
      index++
    }
  } catch (error) {
    const owned = frame[index]
    const failure = owned ? fail(owned, error) : error
    // What goes on after its time is over finds every door closed.
    markFailed(levelOf(work), failure)
    throw failure
  }
  return from + index
}

/** Rules that can share a frame: those of plugins, up to the next of core's. */
function framed<Of extends Rule>(
  work: UnitOfWork,
  rules: readonly OwnedRule<Of>[],
  from: number,
): readonly OwnedRule<Of>[] {
  const end = rules.findIndex(({ plugin }, index) => index >= from && !isSandboxed(work, plugin))
  return rules.slice(from, end < 0 ? rules.length : end)
}

function budgetOf({ budgetMs = BUDGET_MS }: Rule): number {
  return Math.min(budgetMs, MAX_BUDGET_MS)
}
