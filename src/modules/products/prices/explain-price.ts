import type { FoundPrices, PriceRequest, TriedPriceBook } from './find-prices.ts'

type Outcome =
  | 'NOT_FOR_SALE'
  | 'NO_ACCOUNT_PRICE_BOOK'
  | 'PRICE_BOOK_INACTIVE'
  | 'PRICE_BOOK_NOT_VALID'
  | 'NO_PRICE'
  | 'NO_PRICE_ON_DAY'
  | 'QUANTITY_TOO_SMALL'
  | 'NO_DEFAULT_PRICE_BOOK'
  | 'PRICE'

interface Money {
  readonly amount: string
  readonly currency: string
}

interface PriceStep {
  readonly outcome: Outcome
  readonly description: string
  readonly amount: Money | null
  readonly source: { readonly type: 'Product' | 'Account' | 'PriceBook' | 'PriceBookEntry'; readonly id: string } | null
}

/** A price with the steps that led to it. */
export interface ExplainedPrice {
  readonly unitPrice: Money | null
  readonly currency: string
  readonly on: string
  readonly entry: string | null
  readonly steps: readonly PriceStep[]
}

/** Chooses the price of the first price book that has one, and says for each price book before it why it has none. */
export function explainPrice(request: PriceRequest, { facts, tried }: FoundPrices): ExplainedPrice {
  const { currency } = facts
  const steps: PriceStep[] = []
  const add = (outcome: Outcome, description: string, source: PriceStep['source'], amount: Money | null = null) =>
    steps.push({ outcome, description, amount, source })
  const answer = (entry: string | null, unitPrice: Money | null) => {
    return { unitPrice, currency, on: request.on, entry, steps }
  }
  if (facts.isForSale !== true) {
    add('NOT_FOR_SALE', 'The product is not for sale.', { type: 'Product', id: request.productId })
    return answer(null, null)
  }
  if (request.accountId && !request.priceBookId && tried[0]?.role !== 'ACCOUNT') {
    const inCurrency = request.currency ? ` in ${request.currency}` : ''
    add('NO_ACCOUNT_PRICE_BOOK', `The account has no price book of its own${inCurrency}.`, {
      type: 'Account',
      id: request.accountId,
    })
  }
  for (const book of tried) {
    const { entryId: id, amount: decimal } = book
    const problem = problemOf(book, request)
    if (problem || id === null || decimal === null) {
      add(...(problem ?? noPrice(book)), { type: 'PriceBook', id: book.bookId })
      continue
    }
    const amount = { amount: decimal, currency }
    const tier = book.minimumQuantity === '0' ? '' : ` from a quantity of ${book.minimumQuantity} on`
    add('PRICE', `${nameOf(book)} has the price${tier}.`, { type: 'PriceBookEntry', id }, amount)
    return answer(id, amount)
  }
  if (!tried.some(({ role }) => role === 'DEFAULT'))
    add('NO_DEFAULT_PRICE_BOOK', `There is no other default price book in ${currency}.`, null)
  return answer(null, null)
}

/** Returns why a price book has no price for the request; null when it has one. */
function problemOf(book: TriedPriceBook, { on, quantity }: PriceRequest): [Outcome, string] | null {
  const name = nameOf(book)
  if (!book.isActive) return ['PRICE_BOOK_INACTIVE', `${name} is not active.`]
  if (!book.isValid) return ['PRICE_BOOK_NOT_VALID', `${name} is not valid on ${on}${periodOf(book)}.`]
  if (book.entryId !== null) return null
  if (!book.hasEntries) return noPrice(book)
  if (book.leastQuantity === null) return ['NO_PRICE_ON_DAY', `${name} has no price of the product on ${on}.`]
  return [
    'QUANTITY_TOO_SMALL',
    `${name} has prices of the product from a quantity of ${book.leastQuantity} on, and none for ${quantity}.`,
  ]
}

function noPrice(book: TriedPriceBook): [Outcome, string] {
  return ['NO_PRICE', `${nameOf(book)} has no price of the product.`]
}

const ROLES: Readonly<Record<TriedPriceBook['role'], string>> = {
  ACCOUNT: 'Price book of the account',
  CHOSEN: 'Chosen price book',
  PARENT: 'Parent price book',
  DEFAULT: 'Default price book',
}

function nameOf({ role, name }: TriedPriceBook): string {
  return `${ROLES[role]} ${name}`
}

function periodOf({ validFrom, validTo }: TriedPriceBook): string {
  const parts = [...(validFrom ? [`from ${validFrom}`] : []), ...(validTo ? [`to ${validTo}`] : [])]
  return `: it is valid ${parts.join(' ')}`
}
