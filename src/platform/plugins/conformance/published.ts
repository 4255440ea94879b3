import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core'
import {
  buildSchema,
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

/** File of a plugin that holds what it added to the GraphQL schema when it was published. */
export const PUBLISHED = 'schema.graphql'

/**
 * What the plugin took away or changed since it was published, that was not deprecated then. Null where its folder has no
 * schema of that time. `before` is the schema without the plugin, `after` the one with it.
 */
export async function brokenPromises(
  directory: string,
  before: GraphQLSchema,
  after: GraphQLSchema,
): Promise<readonly string[] | null> {
  const path = join(directory, PUBLISHED)
  if (!existsSync(path)) return null
  const published = extendSchema(plain(before), parse(await readFile(path, 'utf8')), { assumeValid: true })
  const changes = await diff(plain(published), plain(after), [DiffRule.suppressRemovalOfDeprecatedField])
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(
      ({ message }) =>
        `${message}. Keep it, or raise the major version and publish anew: rapport plugin check --publish`,
    )
}

/** Writes what the plugin adds to the schema, which later checks hold it to. */
export async function publishSchema(directory: string, before: GraphQLSchema, after: GraphQLSchema): Promise<void> {
  const { definitions } = parse(printSchema(lexicographicSortSchema(after)))
  const added = definitions.flatMap((definition) => addition(before, definition) ?? [])
  await writeFile(join(directory, PUBLISHED), `${print({ kind: Kind.DOCUMENT, definitions: added })}\n`)
}

/** As clients see it: what printing leaves out is no difference to them. */
function plain(schema: GraphQLSchema): GraphQLSchema {
  return buildSchema(printSchema(schema))
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
