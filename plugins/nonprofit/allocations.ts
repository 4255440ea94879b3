import {
  compareDecimals,
  defineRule,
  defineUserError,
  type PluginPrisma,
  ruleViolation,
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
    'Requires that the allocations of a gift add up to its amount. Allocates a gift without allocations to the default fund.',
  object: 'Gift',
  on: ['create', 'update'],
  isIntegral: true,
  async before(
    { kind, id, before, values, items },
    // The rule has to see every fund and allocation, also those that are hidden from the caller.
    { unrestricted: { prisma }, settings, can },
  ) {
    const sentAllocations = items.get('allocations')
    if (kind !== 'create' && !sentAllocations && values.amount === undefined) return undefined
    const { amount } = { ...before, ...values }
    if (!amount || compareDecimals(amount, '0') <= 0)
      return { refusals: [ruleViolation(NAME, ['input', 'amount'], 'The amount of a gift must be greater than zero.')] }
    const newAllocations = sentAllocations ?? (kind === 'create' ? [] : await allocationsOf(prisma, id))
    // The amount of a gift with one allocation can be changed alone. When a gift has several allocations, the new
    // allocations have to be sent too.
    if (sentAllocations?.length || newAllocations.length > 1) {
      const actual = sumDecimals(newAllocations.map((allocation) => String(allocation['amount'])))
      const expected = sumDecimals([amount])
      // The error has the sums only if the caller sent them or may read them.
      const mayReturnSums =
        (sentAllocations || can('gift.allocations:read')) && (values.amount !== undefined || can('gift.amount:read'))
      const mismatch = mayReturnSums
        ? userError(allocationMismatch, PATH, `The allocations add up to ${actual}, but the gift is ${expected}.`, {
            expected,
            actual,
          })
        : ruleViolation(NAME, PATH, 'The allocations do not add up to the amount of the gift.')
      return {
        refusals: [
          ...(await inactiveFundRefusals(prisma, sentAllocations ?? [])),
          ...(actual === expected ? [] : [mismatch]),
        ],
      }
    }
    const fundId =
      newAllocations[0]?.['fundId'] ?? (await defaultFund(prisma, (await settings(workspaceSettings)).defaultFundCode))
    if (fundId) return { items: { allocations: [{ fundId, amount }] } }
    const message =
      'Send allocations, because the default fund in the plugin’s settings does not exist or is not active.'
    return { refusals: [ruleViolation(NAME, PATH, message)] }
  },
})

/** Returns a refusal for each allocation to a fund that is not active. */
async function inactiveFundRefusals(prisma: PluginPrisma, sentAllocations: readonly Values[]) {
  const ids = sentAllocations.map((allocation) => String(allocation['fundId']))
  const inactiveFunds = await prisma.fund.findMany({
    where: { id: { in: ids }, isActive: false },
    select: { id: true },
  })
  const message = 'The fund is not active, so no gift can be allocated to it.'
  return inactiveFunds.map(({ id }) => ruleViolation(NAME, [...PATH, String(ids.indexOf(id)), 'fundId'], message))
}

function allocationsOf(prisma: PluginPrisma, giftId: string): Promise<Values[]> {
  return prisma.giftAllocation.findMany({ where: { giftId }, select: { fundId: true, amount: true } })
}

async function defaultFund(prisma: PluginPrisma, code: string): Promise<string | undefined> {
  const fund = await prisma.fund.findFirst({ where: { code, isActive: true }, select: { id: true } })
  return fund?.id
}
