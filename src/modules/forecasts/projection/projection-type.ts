import type { OperationOutputType } from '../../../platform/declare/rules/operation.ts'

/** The type of `Forecast.projection`. */
export const projectionType: OperationOutputType = {
  name: 'ForecastProjection',
  description:
    'What is likely to be won in the period, as the history of the opportunities says. An estimate, computed with floating-point numbers and rounded to the minor units of the currency. The same history gives the same projection.',
  fields: {
    expected: {
      type: 'Money',
      isNullable: true,
      description:
        'What was won already, and what is expected to be won by the end of the period. Null when there is too little history.',
    },
    low: {
      type: 'Money',
      isNullable: true,
      description: 'Lower end of the interval in which 80 of 100 periods are expected to end.',
    },
    high: { type: 'Money', isNullable: true, description: 'Upper end of this interval.' },
    method: {
      type: 'String',
      description: 'How it was computed, and from how much, for a person to read; or why there is no projection.',
    },
    backTestError: {
      type: 'Float',
      isNullable: true,
      description:
        'Error of the method in past periods of the same length, each projected from what was known at its beginning: the sum of the absolute errors, divided by the sum of what was won. 0.15 stands for 15 %. Null when no past period could be tried.',
    },
    backTest: {
      isList: true,
      description: 'The past periods that were tried, the earliest one first.',
      type: {
        name: 'ForecastTrial',
        description: 'A past period: what the method would have projected at its beginning, and what was won.',
        fields: {
          from: { type: 'Date', description: 'First day of the period.' },
          expected: {
            type: 'Money',
            description: 'What would have been projected: from what was known, and calibrated by earlier periods.',
          },
          actual: { type: 'Money', description: 'What was won.' },
        },
      },
    },
  },
}
