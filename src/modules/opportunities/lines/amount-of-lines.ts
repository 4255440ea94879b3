import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { compareDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import {
  draftOf,
  hasPrice,
  isTooLarge,
  type LineDraft,
  numberErrors,
  type PricedLine,
  pathOf,
  totalOf,
} from './line-draft.ts'
import { type LinesToPrice, type PricedOrNot, pricesOfLines } from './line-prices.ts'

type Write = TypedWrite<'Opportunity'>

const NAME = 'opportunities.amountOfLines'

/**
 * Keeps the lines of an opportunity and its amount in step. It runs before the stage is entered, because a stage may
 * require an amount.
 */
export const amountOfLines = defineRule({
  name: NAME,
  description:
    'Looks up the prices of lines that have none, computes the totals of lines, and sets the amount of the opportunity to their sum.',
  object: 'Opportunity',
  on: ['create', 'update'],
  runsBefore: ['opportunities.enterStage'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async beforeAll(writes, context) {
    const read = writes.map(readLines)
    const prices = await pricesOfLines(
      context,
      read.flatMap((lines) => (lines && !('refusals' in lines) ? [lines] : [])),
    )
    const results: (RuleResult | undefined)[] = []
    for (const [index, write] of writes.entries()) {
      const lines = read[index]
      if (!lines) results.push({ refusals: await amountErrors(write, context) })
      else results.push('refusals' in lines ? lines : withTotals(lines, prices))
    }
    return results
  },
})

/** Returns the lines that a write sends, or why they are refused; null where it sends none. */
function readLines({
  items,
  values,
  before,
}: Write): LinesToPrice | { readonly refusals: readonly UserError[] } | null {
  const sent = items.get('lines')
  if (!sent) return null
  const lines = sent.map(draftOf)
  const currency = values.amountCurrency ?? lines.find(hasPrice)?.currency ?? null
  const refusals = [...lines.flatMap(numberErrors), ...currencyErrors(lines, currency)]
  if (refusals.length > 0) return { refusals }
  return {
    lines,
    accountId: (values.accountId === undefined ? before?.accountId : values.accountId) ?? null,
    currency: currency ?? before?.amountCurrency ?? null,
  }
}

/** Returns the lines with their totals, and the amount of the opportunity. Without lines the amount stays. */
function withTotals({ lines }: LinesToPrice, prices: ReadonlyMap<LineDraft, PricedOrNot>): RuleResult | undefined {
  if (lines.length === 0) return undefined
  const refusals: UserError[] = []
  const rows = lines.flatMap((line, index) => {
    const priced = prices.get(line)
    if (!priced || 'problem' in priced) {
      const why = `There is no price of the product: send one. ${priced?.problem ?? ''}`
      refusals.push(invalid(pathOf(index, 'unitPrice'), why))
      return []
    }
    const { total, errors } = totalOf(priced, index)
    refusals.push(...errors)
    return [{ ...priced, total }]
  })
  const amount = sumDecimals(rows.map(({ total }) => total))
  if (refusals.length === 0 && isTooLarge(amount))
    refusals.push(invalid(['input', 'lines'], 'The sum of the lines is too large.'))
  if (refusals.length > 0) return { refusals }
  return {
    patch: { amountAmount: amount, amountCurrency: rows[0]?.currency },
    items: { lines: rows.map(rowOf) },
  }
}

function currencyErrors(drafts: readonly LineDraft[], currency: string | null): UserError[] {
  return drafts.flatMap((line, index) =>
    hasPrice(line) && line.currency !== currency
      ? [
          invalid(
            pathOf(index, 'unitPrice', 'currency'),
            `All lines have one currency, which is ${currency} here: of the amount, or else of the first line with a price.`,
          ),
        ]
      : [],
  )
}

function rowOf({ row, unitPrice, currency, total }: PricedLine & { readonly total: string }) {
  const { id: _, position: __, ...columns } = row
  return { ...columns, unitPriceAmount: unitPrice, currency, totalAmount: total }
}

/** Returns an error where the client sends an amount that differs from the sum of the stored lines. */
async function amountErrors({ id, before, values }: Write, { unrestricted }: PluginContext): Promise<UserError[]> {
  const { amountAmount, amountCurrency } = values
  if (!before || amountAmount === undefined) return []
  const isSame =
    amountAmount === null || before.amountAmount === null
      ? amountAmount === before.amountAmount
      : compareDecimals(amountAmount, before.amountAmount) === 0 && amountCurrency === before.amountCurrency
  if (isSame) return []
  const line = await unrestricted.prisma.opportunityLine.findFirst({
    where: { opportunityId: id },
    select: { id: true },
  })
  return line
    ? [ruleViolation(NAME, ['input', 'amount'], 'The amount is the sum of the lines. Change the lines instead.')]
    : []
}
