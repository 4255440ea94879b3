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

/**
 * Returns what `after` has and `before` does not have, in SDL (GraphQL's schema language): new types, and extensions of
 * the types that both schemas have. An empty text when there is no difference.
 */
export function schemaAdditions(before: GraphQLSchema, after: GraphQLSchema): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(after)), { noLocation: true })
  const added = definitions.flatMap((definition) => addition(before, definition) ?? [])
  return added.length === 0 ? '' : `${print({ kind: Kind.DOCUMENT, definitions: added })}\n`
}

/**
 * Returns the schema with additions that `schemaAdditions` returned. Extensions of a type that the schema does not
 * have are left out.
 * @throws Error when a field of the additions has a type that the schema does not have.
 */
export function withAdditions(schema: GraphQLSchema, additions: string): GraphQLSchema {
  return additions === '' ? schema : extendSchema(schema, parse(additions), { assumeValid: true })
}

/**
 * Returns what a schema lacks of a definition: the whole definition when the schema does not have the type, an
 * extension with the missing fields, values and interfaces, or null when nothing is missing.
 */
function addition(before: GraphQLSchema, definition: DefinitionNode): DefinitionNode | null {
  if (!('name' in definition) || !definition.name) return null
  const existing = before.getType(definition.name.value)
  if (!existing) return definition
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      if (!isObjectType(existing) && !isInterfaceType(existing)) return null
      const fields = definition.fields?.filter(({ name }) => !(name.value in existing.getFields())) ?? []
      const names = existing.getInterfaces().map(({ name }) => name)
      const interfaces = definition.interfaces?.filter(({ name }) => !names.includes(name.value)) ?? []
      if (fields.length + interfaces.length === 0) return null
      const kind =
        definition.kind === Kind.OBJECT_TYPE_DEFINITION ? Kind.OBJECT_TYPE_EXTENSION : Kind.INTERFACE_TYPE_EXTENSION
      return { kind, name: definition.name, fields, interfaces }
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const fields = isInputObjectType(existing)
        ? definition.fields?.filter(({ name }) => !(name.value in existing.getFields()))
        : []
      return fields?.length ? { kind: Kind.INPUT_OBJECT_TYPE_EXTENSION, name: definition.name, fields } : null
    }
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = isEnumType(existing) ? definition.values?.filter(({ name }) => !existing.getValue(name.value)) : []
      return values?.length ? { kind: Kind.ENUM_TYPE_EXTENSION, name: definition.name, values } : null
    }
    default:
      return null
  }
}
