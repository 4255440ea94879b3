import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { misplacement } from '../../../platform/writes/tree.ts'

export const PRICE_BOOK_LEVELS = 10

const MISPLACED = {
  CIRCLE: 'The parent is this price book or lies below it: that would be a circle.',
  TOO_DEEP: `A price book has at most ${PRICE_BOOK_LEVELS - 1} others above it.`,
}

/**
 * Refuses a parent that would make a price book its own ancestor. `misplacement` locks the workspace, so that two
 * concurrent writes can't place two price books below each other.
 */
export const priceBookTree = defineRule({
  name: 'products.priceBookTree',
  description: `A price book is not below itself, has the currency of its parent, and at most ${PRICE_BOOK_LEVELS - 1} price books above it.`,
  object: 'PriceBook',
  on: ['create', 'update'],
  // Administrators can't disable the rule: prices are looked up along the parents.
  isIntegral: true,
  async before(write, context) {
    const { parentId } = write.values
    if (!parentId || parentId === write.before?.parentId) return undefined
    const fault = await misplacement(
      { table: 'price_books', levels: PRICE_BOOK_LEVELS },
      context.transaction,
      write,
      parentId,
    )
    if (fault) return { refusals: [ruleViolation('products.priceBookTree', ['input', 'parentId'], MISPLACED[fault])] }
    const own = write.values.currency ?? write.before?.currency
    return (await currencyOf(context, parentId)) === own
      ? undefined
      : {
          refusals: [
            ruleViolation(
              'products.priceBookTree',
              ['input', 'parentId'],
              `Choose a parent in ${own}, the currency of this price book.`,
            ),
          ],
        }
  },
})

/** Prices, parents and accounts rely on the currency of their price book, so that it needs no check in all of them. */
export const currencyStays = defineRule({
  name: 'products.currencyStays',
  description: 'The currency of a price book is chosen when it is created, and stays.',
  object: 'PriceBook',
  on: ['update'],
  isIntegral: true,
  before: ({ values: { currency }, before }) =>
    currency === undefined || currency === before?.currency
      ? undefined
      : {
          refusals: [
            ruleViolation(
              'products.currencyStays',
              ['input', 'currency'],
              'The currency of a price book stays. Create a price book in the other currency.',
            ),
          ],
        },
})

export const priceBookPeriod = defineRule({
  name: 'products.priceBookPeriod',
  description: 'The last day of a price book is not before its first day.',
  object: 'PriceBook',
  on: ['create', 'update'],
  isIntegral: true,
  before: ({ values, before }) => ({ refusals: periodErrors({ ...before, ...values }) }),
})

export const entryFits = defineRule({
  name: 'products.entryFits',
  description:
    'A price is not negative and has the currency of its price book, its minimum quantity is not negative, and its last day is not before its first day.',
  object: 'PriceBookEntry',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ values, before }, context) {
    const { unitPriceAmount, minimumQuantity } = values
    const entry = { ...before, ...values }
    const refusals = periodErrors(entry)
    if (isNegative(unitPriceAmount)) refusals.push(invalid(['input', 'unitPrice', 'amount'], 'Must not be negative.'))
    if (isNegative(minimumQuantity)) refusals.push(invalid(['input', 'minimumQuantity'], 'Must not be negative.'))
    if (entry.priceBookId && (values.priceBookId || values.unitPriceCurrency)) {
      const currency = await currencyOf(context, entry.priceBookId)
      if (currency !== entry.unitPriceCurrency)
        refusals.push(
          ruleViolation(
            'products.entryFits',
            ['input', 'unitPrice', 'currency'],
            `A price has the currency of its price book, which is ${currency}.`,
          ),
        )
    }
    return { refusals }
  },
})

/** The unique index that lets an account have one price book in a currency reads a copy of the currency. */
export const copyCurrency = defineRule({
  name: 'products.copyCurrency',
  description: 'Copies the currency of the price book that an account buys by.',
  object: 'AccountPriceBook',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ values: { priceBookId } }, context) {
    return priceBookId ? { patch: { currency: await currencyOf(context, priceBookId) } } : undefined
  },
})

const currencies = new WeakMap<UnitOfWork, Map<string, Promise<string>>>()

/**
 * Returns the currency of a price book, which the caller sees: the platform has looked up every record that the input names.
 * Reads each price book once in a transaction, whatever the number of its prices: the currency stays.
 */
function currencyOf(context: PluginContext, id: string): Promise<string> {
  const work = workOf(context)
  const known = currencies.get(work) ?? new Map<string, Promise<string>>()
  currencies.set(work, known)
  const currency = known.get(id) ?? readCurrency(context, id)
  known.set(id, currency)
  return currency
}

async function readCurrency({ unrestricted }: PluginContext, id: string): Promise<string> {
  const { currency } = await unrestricted.prisma.priceBook.findFirstOrThrow({
    where: { id },
    select: { currency: true },
  })
  return currency
}

function isNegative(decimal: unknown): boolean {
  return decimal !== undefined && decimal !== null && compareDecimals(String(decimal), '0') < 0
}

function periodErrors({
  validFrom,
  validTo,
}: {
  readonly validFrom?: unknown
  readonly validTo?: unknown
}): UserError[] {
  return validFrom && validTo && String(validFrom) > String(validTo)
    ? [invalid(['input', 'validTo'], 'Must not be before validFrom.')]
    : []
}
