import {
  assertEnumValueName,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  validateSchema,
} from 'graphql'
import { CompositionError } from '../../registry/composition-error.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { defaultProblem } from './default-values.ts'

/** A type, or a part of one, with the builder options that say which plugin declares it. */
interface Owned {
  readonly extensions: Readonly<Record<string, unknown>>
}

/**
 * Checks that a schema is valid in GraphQL. graphql-js checks a schema only when the first operation is validated
 * against it, and then refuses every operation. It remembers that a schema is valid, so that the first operation does
 * not check it again.
 * @throws CompositionError that lists all problems, each with the plugin, the place and what to do.
 */
export function checkSchema(schema: GraphQLSchema): void {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))
  const problems = types.flatMap(typeProblems)
  // What graphql-js finds is worse to read, so it is reported only when there is nothing else.
  if (problems.length === 0) problems.push(...validateSchema(schema).map(({ message }) => explained(schema, message)))
  if (problems.length > 0) throw new CompositionError(problems.join(' '))
}

/** Throws CompositionError when GraphQL does not allow a name for a value of an enum, such as `true` or `in-work`. */
export function checkEnumValue(pluginId: string, enumName: string, value: string): void {
  try {
    assertEnumValueName(value)
  } catch {
    throw new CompositionError(
      `${pluginId}: ${JSON.stringify(value)} can't be a value of the enum ${enumName}. A value is made of letters, digits and _, does not begin with a digit, and is not true, false or null. Rename it.`,
    )
  }
}

function typeProblems(type: GraphQLNamedType): string[] {
  if (isEnumType(type))
    return type.getValues().flatMap((value) => reservedName(`${type.name}.${value.name}`, value.name, [value, type]))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    return [
      ...emptyType(type, fields),
      ...fields.flatMap((field) => inputProblems(`${type.name}.${field.name}`, field, [field, type])),
    ]
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const fields = Object.values(type.getFields())
  return [...emptyType(type, fields), ...fields.flatMap((field) => fieldProblems(type, field))]
}

function fieldProblems(type: GraphQLNamedType, field: GraphQLField<unknown, unknown>): string[] {
  const place = `${type.name}.${field.name}`
  return [
    ...reservedName(place, field.name, [field, type]),
    ...field.args.flatMap((arg) => inputProblems(`${place}(${arg.name}:)`, arg, [arg, field, type])),
  ]
}

function inputProblems(place: string, input: GraphQLArgument | GraphQLInputField, owners: readonly Owned[]): string[] {
  const problem = defaultProblem(input)
  return [
    ...reservedName(place, input.name, owners),
    ...(problem === null ? [] : [`${ownerAmong(owners)}: the default value of ${place} ${problem}`]),
  ]
}

function reservedName(place: string, name: string, owners: readonly Owned[]): string[] {
  return name.startsWith('__')
    ? [`${ownerAmong(owners)}: the name of ${place} begins with __, which GraphQL reserves. Rename it.`]
    : []
}

function emptyType(type: GraphQLNamedType, fields: readonly unknown[]): string[] {
  return fields.length === 0
    ? [
        `${ownerAmong([type])}: the type ${type.name} has no fields, and GraphQL requires one at least. Declare a field.`,
      ]
    : []
}

function ownerAmong(owners: readonly Owned[]): string {
  for (const { extensions } of owners) if (typeof extensions['pluginId'] === 'string') return extensions['pluginId']
  return CORE
}

/** Returns a message of graphql-js with the plugin whose type or field it is about, and what to do. */
function explained(schema: GraphQLSchema, message: string): string {
  const owners = [...message.matchAll(/\b([A-Za-z_]\w*)(?:\.(\w+))?/g)].map(([, typeName = '', fieldName]) => {
    const type = schema.getType(typeName)
    const fields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields() : {}
    const field = fieldName === undefined ? undefined : fields[fieldName]
    return ownerAmong([...(field ? [field] : []), ...(type ? [type] : [])])
  })
  const owner = owners.find((id) => id !== CORE) ?? CORE
  const remedy = message.includes('within itself')
    ? 'No value could ever be sent for it: leave out isRequired on one of these fields, or make it a list.'
    : 'Correct the declaration.'
  return `${owner}: ${message} ${remedy}`
}
