import type { PendingWrite, RuleResult } from '../../declare/rules/rule.ts'
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
  const rules = writer.rules.filter(({ rule }) => rule.before && appliesTo(rule, pending))
  let write = pending
  let existingId: string | null = null
  const refusals: UserError[] = []
  if (rules.length === 0) return { write, existingId, refusals }
  const view = createWriteView()
  await runRules<OwnedRule['rule'], RuleResult | undefined>(work, rules, {
    isBefore: true,
    call: (rule, context, isSandboxed) => rule.before?.(view.forRule(write, isSandboxed), context),
    onResult({ plugin, rule }, result, isSandboxed) {
      const { registry } = work.context.runtime
      if (isSandboxed) checkRuleResult(registry, result, RULE_RESULT_KEYS)
      if (!result) return
      if (result.patch) {
        const patch = isSandboxed ? checkedPatch(registry, writer, plugin, rule.name, result.patch) : result.patch
        write = { ...write, values: { ...write.values, ...patch } }
      }
      if (result.items) write = { ...write, items: withItems(writer, plugin, rule.name, write.items, result.items) }
      if (result.existingId) {
        if (isSandboxed && writer.object.pluginId !== plugin.id)
          throw new PluginFailedError(
            { plugin: plugin.id, name: rule.name },
            'THREW',
            `It returns an existingId for a new ${writer.object.name}, which only rules of ${writer.object.pluginId} may do.`,
            null,
          )
        existingId = result.existingId
      }
      if (result.refusals) refusals.push(...result.refusals)
    },
  })
  return { write, existingId, refusals }
}

/** Runs the rules after a write, in their order. */
export async function runAfter(work: UnitOfWork, writer: ObjectWriter, write: PendingWrite): Promise<void> {
  const rules = writer.rules.filter(({ rule }) => rule.after && appliesTo(rule, write))
  if (rules.length === 0) return
  const view = createWriteView()
  await runRules<OwnedRule['rule'], void>(work, rules, {
    isBefore: false,
    call: (rule, context, isSandboxed) => rule.after?.(view.forRule(write, isSandboxed), context),
    onResult: () => undefined,
  })
}

/** Whether the rule is declared for the kind of the write (`update`, …) or for its mutation, such as `completeTask`. */
function appliesTo(rule: OwnedRule['rule'], write: PendingWrite): boolean {
  return rule.on.includes(write.kind) || rule.on.includes(write.operation)
}

/**
 * Returns an object whose function `forRule` returns the write for a rule: rules of core get the write itself, frozen,
 * and rules of plugins get a frozen copy. Rules of plugins share one copy until a rule patches the write.
 */
function createWriteView() {
  let latest: { readonly original: PendingWrite; readonly copy: PendingWrite } | null = null
  return {
    forRule(write: PendingWrite, isSandboxed: boolean): PendingWrite {
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
