import type { CriticalityLevel } from '@graphql-inspector/core'
import { buildSchema, type GraphQLSchema, printSchema } from 'graphql'
import { withAdditions } from '../host/schema-additions.ts'

/** Differences between two GraphQL schemas, one sentence each, by their effect on clients. */
export interface SchemaChanges {
  readonly breaking: readonly string[]
  readonly dangerous: readonly string[]
  readonly safe: readonly string[]
}

/**
 * Compares the schema after an upgrade of a plugin with the schema before it, as clients see them.
 * @param base Schema without the plugin.
 * @param additions What the plugin added to `base` before the upgrade, in SDL.
 * @param after Schema with the upgraded plugin.
 */
export async function changesSince(
  base: GraphQLSchema,
  additions: string,
  after: GraphQLSchema,
): Promise<SchemaChanges> {
  let before: GraphQLSchema
  try {
    before = withAdditions(base, additions)
  } catch (error) {
    // Core or another plugin no longer has a type that the additions use.
    const reason = error instanceof Error ? error.message : String(error)
    const { dangerous, ...changes } = await schemaChanges(base, after)
    return { ...changes, dangerous: [`What the upgrade removes can't be determined: ${reason}`, ...dangerous] }
  }
  return schemaChanges(before, after)
}

/** Compares two schemas as clients see them. */
async function schemaChanges(before: GraphQLSchema, after: GraphQLSchema): Promise<SchemaChanges> {
  // Imported only here, because only plans need the package and a server starts faster without it.
  const { ChangeType, CriticalityLevel, diff } = await import('@graphql-inspector/core')
  // Both schemas are printed and parsed again, so that only what a client can see is compared.
  const differences = await diff(fromText(before), fromText(after))
  // Changes of descriptions are left out. Of a new type, only the addition of the type is reported, not its fields.
  const added = new Set(differences.filter(({ type }) => type === ChangeType.TypeAdded).map(({ path }) => path))
  const changes = differences.filter(
    ({ type, path = '' }) =>
      type === ChangeType.TypeAdded || !(/DESCRIPTION/.test(type) || added.has(path.split('.')[0] ?? '')),
  )
  const messages = (level: CriticalityLevel) =>
    changes
      .filter(({ criticality }) => criticality.level === level)
      .map(({ message }) => message)
      .sort()
  return {
    breaking: messages(CriticalityLevel.Breaking),
    dangerous: messages(CriticalityLevel.Dangerous),
    safe: messages(CriticalityLevel.NonBreaking),
  }
}

function fromText(schema: GraphQLSchema): GraphQLSchema {
  return buildSchema(printSchema(schema), { assumeValid: true, assumeValidSDL: true, noLocation: true })
}
