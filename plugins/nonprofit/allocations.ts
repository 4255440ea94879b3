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
    actual: { type: 'Decimal', description: 'Sum of the allocations.' },
  },
})

const NAME = 'nonprofit.allocations'
const PATH = ['input', 'allocations']

export const allocations = defineRule({
  name: NAME,
  description:
    'The allocations of a gift add up to its amount. A gift without allocations is allocated to the default fund.',
  object: 'Gift',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ kind, id, before, values, items }, { transaction, settings, can }) {
    const sentAllocations = items.get('allocations')
    if (kind !== 'create' && !sentAllocations && values.amount === undefined) return undefined
    const { amount } = { ...before, ...values }
    if (!amount || compareDecimals(amount, '0') <= 0)
      return { refusals: [ruleViolation(NAME, ['input', 'amount'], 'The amount of a gift must be greater than zero.')] }
    const newAllocations = sentAllocations ?? (kind === 'create' ? [] : await allocationsOf(transaction, id))
    // The only allocation of a gift follows its amount. Several allocations have to be sent with a new amount.
    if (sentAllocations?.length || newAllocations.length > 1) {
      const actual = sumDecimals(newAllocations.map((allocation) => String(allocation['amount'])))
      const expected = sumDecimals([amount])
      // The error names sums that the caller did not send only if the caller may read them.
      const mayNameSums =
        (sentAllocations || can('gift.allocations:read')) && (values.amount !== undefined || can('gift.amount:read'))
      const mismatch = mayNameSums
        ? userError(allocationMismatch, PATH, `The allocations add up to ${actual}, and the gift is ${expected}.`, {
            expected,
            actual,
          })
        : ruleViolation(NAME, PATH, 'The allocations do not add up to the amount of the gift.')
      return {
        refusals: [
          ...(await closedFundRefusals(transaction, sentAllocations ?? [])),
          ...(actual === expected ? [] : [mismatch]),
        ],
      }
    }
    const fundId =
      newAllocations[0]?.['fundId'] ??
      (await defaultFund(transaction, (await settings(workspaceSettings)).defaultFundCode))
    if (fundId) return { items: { allocations: [{ fundId, amount }] } }
    const message = 'Send allocations: the default fund of the plugin’s settings does not exist or is not active.'
    return { refusals: [ruleViolation(NAME, PATH, message)] }
  },
})

/** Returns a refusal for each allocation to a fund that is not active. */
async function closedFundRefusals({ query, workspaceId }: ContextTransaction, sentAllocations: readonly Values[]) {
  const ids = sentAllocations.map((allocation) => String(allocation['fundId']))
  const closedFunds = await query<{ id: string }>(
    sql`select id from nonprofit_funds where workspace_id = ${workspaceId}::uuid and id = any(${ids}::uuid[]) and not is_active`,
  )
  const message = 'This fund is not active: nothing can be allocated to it.'
  return closedFunds.map(({ id }) => ruleViolation(NAME, [...PATH, String(ids.indexOf(id)), 'fundId'], message))
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
