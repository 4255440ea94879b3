import {
  type DefinitionNode,
  extendSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from 'graphql'

/** What one schema has beside another, in SDL: new types, and extensions of those that both have. */
export function schemaAdditions(before: GraphQLSchema, after: GraphQLSchema): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(after)))
  const added = definitions.flatMap((definition) => addition(before, definition) ?? [])
  return added.length === 0 ? '' : `${print({ kind: Kind.DOCUMENT, definitions: added })}\n`
}

/**
 * The schema with such additions; those to a type that is not there any more are left out.
 * @throws Error when they name a type that is not there any more.
 */
export function withAdditions(schema: GraphQLSchema, additions: string): GraphQLSchema {
  return additions === '' ? schema : extendSchema(schema, parse(additions), { assumeValid: true })
}

/** What a definition has beside the schema: all of it, an extension, or nothing. */
function addition(before: GraphQLSchema, definition: DefinitionNode): DefinitionNode | null {
  if (!('name' in definition) || !definition.name) return null
  const known = before.getType(definition.name.value)
  if (!known) return definition
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      if (!isObjectType(known) && !isInterfaceType(known)) return null
      const fields = definition.fields?.filter(({ name }) => !(name.value in known.getFields())) ?? []
      const names = known.getInterfaces().map(({ name }) => name)
      const interfaces = definition.interfaces?.filter(({ name }) => !names.includes(name.value)) ?? []
      if (fields.length + interfaces.length === 0) return null
      const kind =
        definition.kind === Kind.OBJECT_TYPE_DEFINITION ? Kind.OBJECT_TYPE_EXTENSION : Kind.INTERFACE_TYPE_EXTENSION
      return { kind, name: definition.name, fields, interfaces }
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const fields = isInputObjectType(known)
        ? definition.fields?.filter(({ name }) => !(name.value in known.getFields()))
        : []
      return fields?.length ? { kind: Kind.INPUT_OBJECT_TYPE_EXTENSION, name: definition.name, fields } : null
    }
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = isEnumType(known) ? definition.values?.filter(({ name }) => !known.getValue(name.value)) : []
      return values?.length ? { kind: Kind.ENUM_TYPE_EXTENSION, name: definition.name, values } : null
    }
    default:
      return null
  }
}
