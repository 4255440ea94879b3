import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'

/** Every type, field, argument and enum value of a schema with its description, as `Type.field(argument:)`. */
export function describedElements(schema: GraphQLSchema): [element: string, description: string][] {
  const elements: [string, string][] = []
  const add = (element: string, of: { readonly description?: string | null | undefined }) =>
    elements.push([element, of.description?.trim() ?? ''])
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    add(type.name, type)
    if (isEnumType(type)) {
      for (const value of type.getValues()) add(`${type.name}.${value.name}`, value)
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) add(`${type.name}.${field.name}`, field)
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        add(`${type.name}.${field.name}`, field)
        for (const argument of field.args) add(`${type.name}.${field.name}(${argument.name}:)`, argument)
      }
    }
  }
  return elements
}
