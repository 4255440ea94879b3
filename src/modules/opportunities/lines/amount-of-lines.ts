import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { compareDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import { pricesOf } from '../../products/index.ts'
import { draftOf, isTooLarge, type LineDraft, numberErrors, type PricedLine, pathOf, totalOf } from './line-draft.ts'

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
  async before(write, context): Promise<RuleResult | undefined> {
    const sent = write.items.get('lines')
    if (!sent) return { refusals: await amountErrors(write, context) }
    if (sent.length === 0) return undefined
    const drafts = sent.map(draftOf)
    const errors = drafts.flatMap(numberErrors)
    const currency = write.values.amountCurrency ?? drafts.find(hasPrice)?.currency ?? null
    errors.push(...currencyErrors(drafts, currency))
    if (errors.length > 0) return { refusals: errors }
    const priced = await withPrices(context, write, drafts, currency ?? write.before?.amountCurrency ?? null)
    if ('refusals' in priced) return priced
    const totals = priced.lines.map(totalOf)
    const refusals = totals.flatMap(({ errors }) => errors)
    const amount = sumDecimals(totals.map(({ total }) => total))
    if (refusals.length === 0 && isTooLarge(amount))
      refusals.push(invalid(['input', 'lines'], 'The sum of the lines is too large.'))
    if (refusals.length > 0) return { refusals }
    return {
      patch: { amountAmount: amount, amountCurrency: priced.lines[0]?.currency },
      items: { lines: priced.lines.map((line, index) => rowOf(line, totals[index]?.total)) },
    }
  },
})

const hasPrice = (line: LineDraft): line is PricedLine => line.unitPrice !== null && line.currency !== null

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

/** Returns the lines with a price each, or an error for each line for which no price is found. */
async function withPrices(
  context: PluginContext,
  { before, values }: Write,
  drafts: readonly LineDraft[],
  currency: string | null,
): Promise<{ readonly lines: readonly PricedLine[] } | { readonly refusals: readonly UserError[] }> {
  const accountId = (values.accountId === undefined ? before?.accountId : values.accountId) ?? null
  const terms = { accountId, priceBookId: null, currency, on: context.today }
  const lacking = drafts.filter((line) => !hasPrice(line))
  const found = await pricesOf(context, terms, lacking, 'A line without unitPrice')
  const prices = new Map(lacking.map((line, index) => [line, found[index]]))
  const lines: PricedLine[] = []
  const refusals: UserError[] = []
  for (const [index, line] of drafts.entries()) {
    const price = prices.get(line)
    if (hasPrice(line)) lines.push(line)
    else if (price?.unitPrice) lines.push({ ...line, unitPrice: price.unitPrice.amount, currency: price.currency })
    else
      refusals.push(
        invalid(
          pathOf(index, 'unitPrice'),
          `There is no price of the product: send one. ${price?.steps.map(({ description }) => description).join(' ') ?? ''}`,
        ),
      )
  }
  return refusals.length > 0 ? { refusals } : { lines }
}

function rowOf({ row, unitPrice, currency }: PricedLine, total: string | undefined) {
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
