import type { PendingWrite, RuleResult } from '../../declare/rules/rule.ts'
import type { UserError } from '../../declare/rules/user-errors.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { OwnedRule } from '../../registry/rule-order.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import type { ObjectWriter } from '../input/writer.ts'
import { checkRuleResult, RULE_RESULT_KEYS } from './check-result.ts'
import { frozenWrite } from './frozen-copy.ts'
import { withItems } from './item-patch.ts'
import { checkedPatch } from './rule-patch.ts'
import { runRules } from './run-rules.ts'

/** A write after the rules had their say. */
export interface Ruled {
  readonly write: PendingWrite
  readonly existingId: string | null
  /** Every rule's refusals: the caller sees all reasons at once. */
  readonly refusals: readonly UserError[]
}

/** Runs the rules before a write, in their order; each sees what those before it patched. */
export async function applyRules(work: UnitOfWork, writer: ObjectWriter, pending: PendingWrite): Promise<Ruled> {
  const rules = writer.rules.filter(({ rule }) => rule.before && appliesTo(rule, pending))
  let write = pending
  let existingId: string | null = null
  const refusals: UserError[] = []
  if (rules.length === 0) return { write, existingId, refusals }
  const view = startView()
  await runRules<OwnedRule['rule'], RuleResult | undefined>(work, rules, {
    isBefore: true,
    call: (rule, context, isSandboxed) => rule.before?.(view.of(write, isSandboxed), context),
    take(owned, answer, isSandboxed) {
      const { registry } = work.context.runtime
      if (isSandboxed) checkRuleResult(registry, answer, RULE_RESULT_KEYS)
      if (!answer) return
      const { plugin, rule } = owned
      if (answer.patch) {
        const patch = isSandboxed ? checkedPatch(registry, writer, plugin, rule.name, answer.patch) : answer.patch
        write = { ...write, values: { ...write.values, ...patch } }
      }
      if (answer.items) write = { ...write, items: withItems(writer, plugin, rule.name, write.items, answer.items) }
      if (answer.existingId) {
        if (isSandboxed && writer.object.pluginId !== plugin.id)
          throw new PluginFailedError(
            { plugin: plugin.id, name: rule.name },
            'THREW',
            `It says that a new ${writer.object.name} is there already, which only ${writer.object.pluginId} can know.`,
            null,
          )
        existingId = answer.existingId
      }
      if (answer.refusals) refusals.push(...answer.refusals)
    },
  })
  return { write, existingId, refusals }
}

/** Runs the rules after a write, in their order. */
export async function runAfter(work: UnitOfWork, writer: ObjectWriter, write: PendingWrite): Promise<void> {
  const rules = writer.rules.filter(({ rule }) => rule.after && appliesTo(rule, write))
  if (rules.length === 0) return
  const view = startView()
  await runRules<OwnedRule['rule'], void>(work, rules, {
    isBefore: false,
    call: (rule, context, isSandboxed) => rule.after?.(view.of(write, isSandboxed), context),
    take: () => undefined,
  })
}

function appliesTo(rule: OwnedRule['rule'], write: PendingWrite): boolean {
  return rule.on.includes(write.kind) || rule.on.includes(write.operation)
}

/** What rules are shown: core's the write itself, sealed, and those of plugins a copy, made once for each state of it. */
function startView() {
  let copy: { readonly of: PendingWrite; readonly shown: PendingWrite } | null = null
  return {
    of(write: PendingWrite, isSandboxed: boolean): PendingWrite {
      if (!isSandboxed) return sealed(write)
      if (copy?.of !== write) copy = { of: write, shown: frozenWrite(write) }
      return copy.shown
    },
  }
}

/** Rules answer what they want changed; what they are shown they can't change behind the others' backs. */
function sealed(write: PendingWrite): PendingWrite {
  Object.freeze(write.values)
  if (write.before) Object.freeze(write.before)
  for (const rows of write.items.values()) for (const row of rows) sealRow(rows, row)
  return write
}

function sealRow(rows: readonly Values[], row: Values): void {
  Object.freeze(row)
  Object.freeze(rows)
}
