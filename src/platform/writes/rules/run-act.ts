import type { RuleAnswer } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'
import type { OwnedAct } from '../../registry/acts.ts'
import type { Work } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { isLimited } from '../../sandbox/running.ts'
import { checkAnswer } from './checked-answer.ts'
import { shown } from './frozen-copy.ts'

/** Milliseconds that an act of a plugin may take. */
const BUDGET_MS = 1_000

/** What an act answers for a record. Throws PluginFailedError where that is no answer, or it throws or overruns. */
export function runAct(work: Work, { act, plugin }: OwnedAct, record: Values): Promise<RuleAnswer> {
  return runPart(work, plugin, act.name, BUDGET_MS, async (context) => {
    if (!isLimited(work, plugin)) return act.apply(record, context)
    const answer = await act.apply(shown(record), context)
    checkAnswer(work.context.runtime.registry, answer, ['patch', 'refusals'])
    return answer ?? {}
  })
}
