import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

/** The id to be written in an input field of that name, such as `contactId`. */
export type IdFor = (field: string) => string

/** The smallest value that a GraphQL input type takes. */
export function sampleInput(type: GraphQLInputType, field: string, idFor: IdFor): unknown {
  if (isNonNullType(type)) return sampleInput(type.ofType, field, idFor)
  if (isListType(type)) return [sampleInput(type.ofType, field, idFor)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const wanted = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
    return Object.fromEntries(wanted.map((each) => [each.name, sampleInput(each.type, each.name, idFor)]))
  }
  return type.name === 'ID' ? idFor(field) : (SCALARS[type.name] ?? 'sample')
}

const SCALARS: Readonly<Record<string, unknown>> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  Decimal: '1.00',
  Date: '2026-01-31',
  DateTime: '2026-01-31T12:00:00.000Z',
  CurrencyCode: 'EUR',
  CountryCode: 'DE',
  JSON: {},
  JSONObject: {},
  URL: 'https://sample.example',
  EmailAddress: 'sample@sample.example',
  PhoneNumber: '+4930123456',
  TimeZone: 'UTC',
}
