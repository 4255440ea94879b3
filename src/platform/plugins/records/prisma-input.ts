import { type GraphQLInputType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { writtenValue } from '../../data/prisma/written-value.ts'

/**
 * Returns an input with the values of Prisma Client for days and decimals replaced by the texts that GraphQL expects,
 * also within lists and inner inputs. The input is not checked otherwise.
 * @param type GraphQL type of the input.
 * @throws Error for a Date as a day that is not at midnight UTC.
 */
export function withoutPrismaValues(type: GraphQLInputType, value: unknown): unknown {
  if (isNonNullType(type)) return withoutPrismaValues(type.ofType, value)
  if (isListType(type))
    return Array.isArray(value)
      ? value.map((element: unknown) => withoutPrismaValues(type.ofType, element))
      : withoutPrismaValues(type.ofType, value)
  if (!isInputObjectType(type)) {
    if (type.name === 'Date') return writtenValue('date', value)
    return type.name === 'Decimal' ? writtenValue('decimal', value) : value
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const fields = type.getFields()
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields[name]
      return [name, field ? withoutPrismaValues(field.type, inner) : inner]
    }),
  )
}
