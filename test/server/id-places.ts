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

/** A mutation with values for all that it requires, and one place in them that holds an id. */
export interface IdPlace {
  /** Such as `createContact input.accounts.0.accountId`. */
  readonly name: string
  readonly field: string
  readonly inputType: string
  /** Input with that id in the place. */
  readonly with: (id: string) => unknown
}

/** Gives an id of the caller's own for a required field: `(CreateRelationshipInput, typeId)`. */
export type OwnId = (mutation: string, inputField: string) => string

const SCALARS: Readonly<Record<string, unknown>> = {
  String: 'text',
  Int: 1,
  Boolean: true,
  DateTime: '2024-05-01T12:00:00Z',
  Date: '2024-05-01',
  Decimal: '1.00',
  CurrencyCode: 'EUR',
  JSON: { name: { equals: 'nobody' } },
}

/** Every place of every mutation's input that takes an id. */
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
  // An input that holds itself would never end.
  if (!isInputObjectType(type) || parents.includes(type.name)) return []
  return Object.values(type.getFields()).flatMap((field) =>
    places(field, mutation, ownId, [...parents, type.name]).map(({ path, build }) => ({
      path: [...(isList ? ['0'] : []), field.name, ...path],
      build: (id: string) =>
        wrap({ ...(type.isOneOf ? {} : required(type, mutation, ownId)), [field.name]: build(id) }),
    })),
  )
}

/** Values for the required fields of an input. */
function required(type: GraphQLInputType, mutation: string, ownId: OwnId): Readonly<Record<string, unknown>> {
  if (!isInputObjectType(type)) return {}
  const fields = Object.values(type.getFields()).filter(
    ({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined,
  )
  return Object.fromEntries(fields.map((field) => [field.name, sample(field, mutation, ownId)]))
}

function sample(field: GraphQLInputField, mutation: string, ownId: OwnId): unknown {
  const type = getNamedType(field.type)
  if (isListType(getNullableType(field.type))) return []
  if (type.name === 'ID') return ownId(mutation, field.name)
  if (isEnumType(type)) return type.getValues()[0]?.name
  return isInputObjectType(type) ? required(type, mutation, ownId) : SCALARS[type.name]
}
