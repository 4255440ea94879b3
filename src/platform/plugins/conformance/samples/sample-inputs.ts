import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

/** Returns the record id for an input field with this name, such as `contactId`. */
export type IdFor = (field: string) => string

/** Returns a sample value of a GraphQL input type. An input object gets only its required fields. */
export function sampleInput(type: GraphQLInputType, field: string, idFor: IdFor): unknown {
  if (isNonNullType(type)) return sampleInput(type.ofType, field, idFor)
  if (isListType(type)) return [sampleInput(type.ofType, field, idFor)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const sampled = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
    return Object.fromEntries(
      sampled.map((inputField) => [inputField.name, sampleInput(inputField.type, inputField.name, idFor)]),
    )
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
