import type { RuleResult } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { ORDER_STEPS, type OrderStatus, type OrderStep } from '../order-states.ts'

/** Returns what a step writes, with further columns; a refusal in a state in which the step is not possible. */
export function takeStep(
  step: OrderStep,
  { status }: { readonly status: OrderStatus },
  columns: Readonly<Record<string, unknown>>,
): RuleResult {
  const { from, to } = ORDER_STEPS[step]
  if (from.includes(status)) return { patch: { status: to, ...columns } }
  const message = `${step} requires an order whose status is ${from.join(' or ')}, and this one is ${status}.`
  return { refusals: [ruleViolation('orders.status', ['input', 'id'], message)] }
}
