import type { PendingWrite, RuleResult, RuleResults } from '../../declare/rules/rule.ts'
import type { UserError } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { OwnedRule } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { ObjectWriter } from '../input/writer.ts'
import { checkRuleResult, RULE_RESULT_KEYS } from './check-result.ts'
import { frozenWriteCopy } from './frozen-copy.ts'
import { withItems } from './item-patch.ts'
import { checkedPatch } from './rule-patch.ts'
import { runRules } from './run-rules.ts'

/** A write that is not yet done, after the function `before` of its rules has run. */
export interface RuledWrite {
  /** The write with the patches of all rules. */
  readonly write: PendingWrite
  /** uuid of an existing record that a rule found to be the same as the new one; null otherwise. */
  readonly existingId: string | null
  /** The refusals of all rules: the caller gets all reasons at once. */
  readonly refusals: readonly UserError[]
}

/**
 * Runs the rules before a write, in their order. Each rule gets the write with the patches of the rules that ran
 * earlier.
 * @throws PluginFailedError when a rule of a plugin fails, or its result is not valid.
 */
export async function applyRules(work: UnitOfWork, writer: ObjectWriter, pending: PendingWrite): Promise<RuledWrite> {
  const [ruled] = await applyRulesToAll(work, writer, [pending])
  if (!ruled) throw new Error(`The rules on ${writer.object.name} have no result for a write.`)
  return ruled
}

/**
 * Runs the rules before writes that are done together, and returns a result for each write, in the same order. Every
 * write goes through the rules in their order; a rule with `beforeAll` gets all writes at once.
 * @param pendings Writes of the same kind and operation.
 * @throws PluginFailedError as `applyRules`.
 */
export async function applyRulesToAll(
  work: UnitOfWork,
  writer: ObjectWriter,
  pendings: readonly PendingWrite[],
): Promise<RuledWrite[]> {
  const states = pendings.map(
    (write): RuleState => ({ write, existingId: null, refusals: [], view: createWriteView() }),
  )
  for (const step of stepsOf(rulesFor(writer, pendings, 'before'), ({ beforeAll }) => beforeAll !== undefined)) {
    if (step.isForAll)
      await runRules<OwnedRule['rule'], RuleResults>(work, step.rules, {
        isBefore: true,
        call: (rule, context, isSandboxed) =>
          rule.beforeAll?.(
            states.map(({ view, write }) => view.forRule(write, isSandboxed)),
            context,
          ),
        onResult(owned, results, isSandboxed) {
          if (!results) return
          if (!Array.isArray(results) || results.length !== states.length)
            throw new Error(`It does not return a list with a result for each of the ${states.length} writes.`)
          for (const [index, state] of states.entries())
            takeResult(work, writer, owned, state, results[index], isSandboxed)
        },
      })
    else
      for (const state of states)
        await runRules<OwnedRule['rule'], RuleResult | undefined>(work, step.rules, {
          isBefore: true,
          call: (rule, context, isSandboxed) => rule.before?.(state.view.forRule(state.write, isSandboxed), context),
          onResult: (owned, result, isSandboxed) => takeResult(work, writer, owned, state, result, isSandboxed),
        })
  }
  return states.map(({ write, existingId, refusals }) => ({ write, existingId, refusals }))
}

/** A write while its rules run. */
interface RuleState {
  write: PendingWrite
  existingId: string | null
  readonly refusals: UserError[]
  readonly view: WriteView
}

/** Changes the state of a write by the result of a rule. */
function takeResult(
  work: UnitOfWork,
  writer: ObjectWriter,
  { plugin, rule }: OwnedRule,
  state: RuleState,
  result: RuleResult | undefined | null,
  isSandboxed: boolean,
): void {
  const { registry } = work.context.runtime
  if (isSandboxed) checkRuleResult(registry, result, RULE_RESULT_KEYS)
  if (!result) return
  const { write } = state
  if (result.patch) {
    const patch = isSandboxed ? checkedPatch(registry, writer, plugin, rule.name, result.patch) : result.patch
    state.write = { ...write, values: { ...write.values, ...patch } }
  }
  if (result.items)
    state.write = { ...state.write, items: withItems(writer, plugin, rule.name, write.items, result.items) }
  if (result.existingId) {
    if (isSandboxed && writer.object.pluginId !== plugin.id)
      throw new PluginFailedError(
        { plugin: plugin.id, name: rule.name },
        'THREW',
        `It returns an existingId for a new ${writer.object.name}, which only rules of ${writer.object.pluginId} may do.`,
        null,
      )
    state.existingId = result.existingId
  }
  if (result.refusals) state.refusals.push(...result.refusals)
}

/** Runs the rules after writes that were done together, in their order; a rule with `afterAll` gets all writes at once. */
export async function runAfter(work: UnitOfWork, writer: ObjectWriter, writes: readonly PendingWrite[]): Promise<void> {
  const views = writes.map((write) => ({ write, view: createWriteView() }))
  for (const step of stepsOf(rulesFor(writer, writes, 'after'), ({ afterAll }) => afterAll !== undefined)) {
    if (step.isForAll)
      await runRules<OwnedRule['rule'], void>(work, step.rules, {
        isBefore: false,
        call: (rule, context, isSandboxed) =>
          rule.afterAll?.(
            views.map(({ view, write }) => view.forRule(write, isSandboxed)),
            context,
          ),
        onResult: () => undefined,
      })
    else
      for (const { view, write } of views)
        await runRules<OwnedRule['rule'], void>(work, step.rules, {
          isBefore: false,
          call: (rule, context, isSandboxed) => rule.after?.(view.forRule(write, isSandboxed), context),
          onResult: () => undefined,
        })
  }
}

/** Returns the rules that run before or after writes, in their order. All writes are of the same kind and operation. */
function rulesFor(writer: ObjectWriter, [first]: readonly PendingWrite[], when: 'before' | 'after'): OwnedRule[] {
  if (!first) return []
  return writer.rules.filter(({ rule }) => (rule[when] ?? rule[`${when}All`]) && appliesTo(rule, first))
}

/** Consecutive rules that each run for one write at a time, or that each run once for all writes. */
interface RuleStep {
  readonly isForAll: boolean
  readonly rules: OwnedRule[]
}

/** Splits rules into steps, in their order. Rules of one step can run in one batch for each write. */
function stepsOf(rules: readonly OwnedRule[], isForAll: (rule: OwnedRule['rule']) => boolean): RuleStep[] {
  const steps: RuleStep[] = []
  for (const owned of rules) {
    const last = steps.at(-1)
    if (last?.isForAll === isForAll(owned.rule)) last.rules.push(owned)
    else steps.push({ isForAll: isForAll(owned.rule), rules: [owned] })
  }
  return steps
}

/** Whether the rule is declared for the kind of the write (`update`, …) or for its mutation, such as `completeTask`. */
function appliesTo(rule: OwnedRule['rule'], write: PendingWrite): boolean {
  return rule.on.includes(write.kind) || rule.on.includes(write.operation)
}

/** Returns a write as a rule gets it. */
interface WriteView {
  forRule(write: PendingWrite, isSandboxed: boolean): PendingWrite
}

/**
 * Returns an object whose function `forRule` returns the write for a rule: rules of core get the write itself, frozen,
 * and rules of plugins get a frozen copy. Rules of plugins share one copy until a rule patches the write.
 */
function createWriteView(): WriteView {
  let latest: { readonly original: PendingWrite; readonly copy: PendingWrite } | null = null
  return {
    forRule(write, isSandboxed) {
      if (!isSandboxed) return freezeWrite(write)
      if (latest?.original !== write) latest = { original: write, copy: frozenWriteCopy(write) }
      return latest.copy
    },
  }
}

/** Freezes the values of a write, so that a rule can change the write only by the patch that it returns. */
function freezeWrite(write: PendingWrite): PendingWrite {
  Object.freeze(write.values)
  if (write.before) Object.freeze(write.before)
  for (const rows of write.items.values()) for (const row of rows) freezeRow(rows, row)
  return write
}

function freezeRow(rows: readonly Values[], row: Values): void {
  Object.freeze(row)
  Object.freeze(rows)
}
