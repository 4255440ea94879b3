import { GraphQLScalarType, Kind } from 'graphql'
import { DateTimeResolver, JSONResolver, LocalDateResolver } from 'graphql-scalars'
import { badUserInput } from '../errors.ts'
import { isCurrency } from '../formats/currency.ts'

const DECIMAL = /^-?\d{1,16}(\.\d{1,12})?$/

function decimal(value: unknown): string {
  const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !DECIMAL.test(text)) {
    throw badUserInput('A Decimal is a string such as "1234.50": up to 16 integer digits and 12 decimal places.')
  }
  return text
}

function currency(value: unknown): string {
  if (typeof value !== 'string' || !isCurrency(value))
    throw badUserInput('A CurrencyCode is an ISO 4217 code in upper case, such as "EUR".')
  return value
}

export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'An exact decimal number, sent as a string: `"1234.50"`. Up to 16 integer digits and 12 decimal places; amounts of money have up to 4.',
  serialize: (value) => String(value),
  parseValue: decimal,
  parseLiteral(node) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return decimal(node.value)
    throw badUserInput('A Decimal is a string such as "1234.50".')
  },
})

export const CurrencyCodeScalar = new GraphQLScalarType<string, string>({
  name: 'CurrencyCode',
  description: 'A currency by its ISO 4217 code, such as `EUR`.',
  serialize: (value) => String(value),
  parseValue: currency,
  parseLiteral: (node) => currency(node.kind === Kind.STRING || node.kind === Kind.ENUM ? node.value : null),
})

// PostgreSQL numbers the years before year 1 differently, and ISO 8601 has four digits for a year.
function withinYears(date: Date): Date {
  const year = date.getUTCFullYear()
  if (year < 1 || year > 9999) throw badUserInput('A DateTime must be within the years 0001 to 9999.')
  return date
}

function day(text: string): string {
  if (text.startsWith('0000')) throw badUserInput('A Date must be within the years 0001 to 9999.')
  return text
}

export const DateScalar = new GraphQLScalarType<string, string>({
  ...LocalDateResolver.toConfig(),
  name: 'Date',
  description: 'A calendar day without a time zone: `2024-05-01`.',
  parseValue: (value) => day(LocalDateResolver.parseValue(value)),
  parseLiteral: (node, variables) => day(LocalDateResolver.parseLiteral(node, variables)),
})

export const DateTimeScalar = new GraphQLScalarType<Date, Date>({
  ...DateTimeResolver.toConfig(),
  description:
    'An instant in ISO 8601 with a time zone. Returned in UTC with milliseconds: `2024-05-01T09:30:00.000Z`.',
  parseValue: (value) => withinYears(DateTimeResolver.parseValue(value)),
  parseLiteral: (node, variables) => withinYears(DateTimeResolver.parseLiteral(node, variables)),
})

export const JsonScalar = new GraphQLScalarType({
  ...JSONResolver.toConfig(),
  name: 'JSON',
  description: 'Any JSON value.',
})
