import {
  type ContextTransaction,
  compareDecimals,
  defineRule,
  defineUserError,
  ruleViolation,
  sql,
  sumDecimals,
  userError,
  type Values,
} from 'rapport/plugin'
import { workspaceSettings } from './fund.ts'

export const allocationMismatch = defineUserError({
  name: 'AllocationMismatchError',
  description: 'The allocations of a gift do not add up to its amount.',
  code: 'ALLOCATION_MISMATCH',
  fields: {
    expected: { type: 'Decimal', description: 'Amount of the gift.' },
    actual: { type: 'Decimal', description: 'What the allocations add up to.' },
  },
})

const NAME = 'nonprofit.allocations'
const PATH = ['input', 'allocations']

export const allocations = defineRule({
  name: NAME,
  description: 'The allocations of a gift add up to its amount; without any it goes wholly to the default fund.',
  object: 'Gift',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ kind, id, before, values, items }, { transaction, settings, can }) {
    const sent = items.get('allocations')
    if (kind !== 'create' && !sent && values.amount === undefined) return undefined
    const { amount } = { ...before, ...values }
    if (!amount || compareDecimals(amount, '0') <= 0)
      return { refusals: [ruleViolation(NAME, ['input', 'amount'], 'A gift is more than nothing.')] }
    const parts = sent ?? (kind === 'create' ? [] : await allocationsOf(transaction, id))
    // What went wholly to one fund still does; how the parts of several change only people can say.
    if (sent?.length || parts.length > 1) {
      const actual = sumDecimals(parts.map((part) => String(part['amount'])))
      const expected = sumDecimals([amount])
      // What the caller has not sent they are told only where they may read it.
      const isKnown = (sent || can('gift.allocations:read')) && (values.amount !== undefined || can('gift.amount:read'))
      const mismatch = isKnown
        ? userError(allocationMismatch, PATH, `The allocations add up to ${actual}, and the gift is ${expected}.`, {
            expected,
            actual,
          })
        : ruleViolation(NAME, PATH, 'The allocations do not add up to the amount of the gift.')
      return { refusals: [...(await closedFunds(transaction, sent ?? [])), ...(actual === expected ? [] : [mismatch])] }
    }
    const fundId =
      parts[0]?.['fundId'] ?? (await defaultFund(transaction, (await settings(workspaceSettings)).defaultFundCode))
    if (fundId) return { items: { allocations: [{ fundId, amount }] } }
    const message = 'Say what the gift is for: the default fund of the plugin’s settings is not there, or not active.'
    return { refusals: [ruleViolation(NAME, PATH, message)] }
  },
})

/** Refusals of parts for funds that take nothing any more. */
async function closedFunds({ query, workspaceId }: ContextTransaction, parts: readonly Values[]) {
  const ids = parts.map((part) => String(part['fundId']))
  const closed = await query<{ id: string }>(
    sql`select id from nonprofit_funds where workspace_id = ${workspaceId}::uuid and id = any(${ids}::uuid[]) and not is_active`,
  )
  const message = 'This fund is not active: nothing can be allocated to it.'
  return closed.map(({ id }) => ruleViolation(NAME, [...PATH, String(ids.indexOf(id)), 'fundId'], message))
}

function allocationsOf({ query, workspaceId }: ContextTransaction, giftId: string): Promise<Values[]> {
  return query(
    sql`select fund_id as "fundId", amount::text as amount from nonprofit_gift_allocations
      where workspace_id = ${workspaceId}::uuid and gift_id = ${giftId}::uuid`,
  )
}

async function defaultFund({ query, workspaceId }: ContextTransaction, code: string): Promise<unknown> {
  const [fund] = await query(
    sql`select id from nonprofit_funds where workspace_id = ${workspaceId}::uuid and code = ${code} and is_active`,
  )
  return fund?.['id']
}
