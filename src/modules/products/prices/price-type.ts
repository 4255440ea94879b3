import type { OperationOutputType } from '../../../platform/declare/rules/operation-output.ts'

const step: OperationOutputType = {
  name: 'PriceStep',
  description: 'One step of the search for a price.',
  fields: {
    outcome: {
      description: 'What came of the step.',
      type: {
        name: 'PriceStepOutcome',
        description:
          'What came of a step of the search for a price. Only `PRICE` has an amount, and it is the last step.',
        values: {
          NOT_FOR_SALE: 'The product is not active.',
          NO_ACCOUNT_PRICE_BOOK: 'The account has no price book of its own, in the wished currency.',
          PRICE_BOOK_INACTIVE: 'The price book is not active.',
          PRICE_BOOK_NOT_VALID: 'The day is not within the period of the price book.',
          NO_PRICE: 'The price book has no price of the product.',
          NO_PRICE_ON_DAY: 'The price book has prices of the product, and none on the day.',
          QUANTITY_TOO_SMALL: 'The price book has prices of the product on the day, for greater quantities only.',
          NO_DEFAULT_PRICE_BOOK: 'There is no default price book in the currency that was not tried before.',
          PRICE: 'The price was found.',
        },
      },
    },
    description: { description: 'The step as an English sentence.', type: 'String' },
    amount: { description: 'The price, in the step that found it.', type: 'Money', isNullable: true },
    source: {
      description:
        'What the step is about: the price in a price book (`PriceBookEntry`) that won, a price book that was tried, the product or the account.',
      type: 'Node',
      isNullable: true,
    },
  },
}

/** The GraphQL type that the query `priceFor` returns. */
export const priceAnswer: OperationOutputType = {
  name: 'PriceAnswer',
  description: 'A price with the steps that led to it.',
  fields: {
    unitPrice: { description: 'Price of one unit; null when there is none.', type: 'Money', isNullable: true },
    currency: { description: 'Currency in which the price was looked for.', type: 'CurrencyCode' },
    on: { description: 'Day of the price.', type: 'Date' },
    entry: {
      description: 'The price in its price book; null when there is none.',
      type: 'PriceBookEntry',
      isNullable: true,
    },
    steps: { description: 'What was tried, in order; the last step has the price.', type: step, isList: true },
  },
}
