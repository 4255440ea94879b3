import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'

/** A mutation with values for all required fields, and one place in its input that takes an id. */
export interface IdPlace {
  /** Such as `createContact input.accounts.0.accountId`. */
  readonly name: string
  readonly field: string
  readonly inputType: string
  /** Returns the input with the given id in that place. */
  readonly with: (id: string) => unknown
}

/** Returns an id of the caller's workspace for a required field, such as `(createRelationship, typeId)`. */
export type OwnId = (mutation: string, inputField: string) => string

const SCALARS: Readonly<Record<string, unknown>> = {
  String: 'text',
  Int: 1,
  Boolean: true,
  DateTime: '2024-05-01T12:00:00Z',
  Date: '2024-05-01',
  Decimal: '1.00',
  CurrencyCode: 'EUR',
  // A filter of any object.
  JSON: { createdAt: { lt: '2000-01-01T00:00:00Z' } },
}

/** All places in the inputs of all mutations that take an id. */
export function idPlaces(schema: GraphQLSchema, ownId: OwnId): IdPlace[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const input = field.args.find(({ name }) => name === 'input')
    if (!input) return []
    return places(input, field.name, ownId, []).map(({ path, build }) => ({
      name: `${field.name} input.${path.join('.')}`,
      field: field.name,
      inputType: String(input.type),
      with: build,
    }))
  })
}

interface Place {
  readonly path: readonly string[]
  readonly build: (id: string) => unknown
}

function places(
  of: GraphQLArgument | GraphQLInputField,
  mutation: string,
  ownId: OwnId,
  parents: readonly string[],
): Place[] {
  const isList = isListType(getNullableType(of.type))
  const type = getNamedType(of.type)
  const wrap = (value: unknown) => (isList ? [value] : value)
  if (type.name === 'ID') return [{ path: isList ? ['0'] : [], build: wrap }]
  // Stops at an input type that contains itself.
  if (!isInputObjectType(type) || parents.includes(type.name)) return []
  return Object.values(type.getFields()).flatMap((field) =>
    places(field, mutation, ownId, [...parents, type.name]).map(({ path, build }) => ({
      path: [...(isList ? ['0'] : []), field.name, ...path],
      build: (id: string) =>
        wrap({ ...(type.isOneOf ? {} : requiredValues(type, mutation, ownId)), [field.name]: build(id) }),
    })),
  )
}

/** Returns sample values for the required fields of an input. */
export function requiredValues(
  type: GraphQLInputType,
  mutation: string,
  ownId: OwnId,
): Readonly<Record<string, unknown>> {
  const input = getNamedType(type)
  if (!isInputObjectType(input)) return {}
  const all = Object.values(input.getFields())
  const fields = input.isOneOf
    ? all.slice(0, 1)
    : all.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
  return Object.fromEntries(fields.map((field) => [field.name, sample(field, mutation, ownId)]))
}

function sample(field: GraphQLInputField, mutation: string, ownId: OwnId): unknown {
  const type = getNamedType(field.type)
  if (isListType(getNullableType(field.type))) return []
  if (type.name === 'ID') return ownId(mutation, field.name)
  if (isEnumType(type)) return type.getValues()[0]?.name
  // An exchange rate has two currencies, which differ.
  if (field.name === 'baseCurrency') return 'USD'
  return isInputObjectType(type) ? requiredValues(type, mutation, ownId) : SCALARS[type.name]
}
