import {
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

/** Returns the record id for an input field with this name, such as `contactId`. */
export type IdFor = (field: string) => string

/**
 * What the optional fields of an input object get: no value, null, or a value. With `empty` the required lists, which
 * otherwise have one element, have none.
 */
export type Filling = 'absent' | 'null' | 'complete' | 'empty'

/** Levels of input objects that get their optional fields. Input objects may contain themselves, as filters do. */
const MAX_DEPTH = 3

/** Returns a sample value of a GraphQL input type. */
export function sampleInput(
  type: GraphQLInputType,
  field: string,
  idFor: IdFor,
  filling: Filling = 'absent',
  depth = 0,
): unknown {
  if (isNonNullType(type)) return sampleInput(type.ofType, field, idFor, filling, depth)
  if (isListType(type)) return filling === 'empty' ? [] : [sampleInput(type.ofType, field, idFor, filling, depth)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    if (type.isOneOf) return inputOf(fields.slice(0, 1), idFor, filling, depth)
    const optional = fields.filter((inputField) => !isRequiredInputField(inputField))
    return {
      ...inputOf(fields.filter(isRequiredInputField), idFor, filling, depth),
      ...(filling === 'null' ? Object.fromEntries(optional.map(({ name }) => [name, null])) : {}),
      ...(filling === 'complete' && depth < MAX_DEPTH ? inputOf(optional, idFor, filling, depth) : {}),
    }
  }
  return type.name === 'ID' ? idFor(field) : (SCALARS[type.name] ?? type.extensions.example ?? 'sample')
}

function inputOf(
  fields: readonly GraphQLInputField[],
  idFor: IdFor,
  filling: Filling,
  depth: number,
): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, sampleInput(type, name, idFor, filling, depth + 1)]))
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
