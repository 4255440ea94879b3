import type { CriticalityLevel } from '@graphql-inspector/core'
import { buildSchema, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { withAdditions } from '../host/schema-additions.ts'

/** What a plugin changes in the GraphQL schema, by what it means for clients. */
export interface SchemaChanges {
  readonly breaking: readonly string[]
  readonly dangerous: readonly string[]
  readonly safe: readonly string[]
}

/**
 * Compares a schema with what it was when a plugin added `additions`, in SDL, to `base`: what an upgrade of the plugin
 * changes for clients.
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
    // Core, or another plugin, has lost a type since.
    const reason = error instanceof Error ? error.message : String(error)
    const { dangerous, ...changes } = await schemaChanges(base, after)
    return { ...changes, dangerous: [`What it takes away can't be told: ${reason}`, ...dangerous] }
  }
  return schemaChanges(before, after)
}

/** Compares two schemas as clients see them. */
async function schemaChanges(before: GraphQLSchema, after: GraphQLSchema): Promise<SchemaChanges> {
  // Both from text: what printing leaves out is no difference to a client.
  // Only a plan needs it: a server starts without.
  const { ChangeType, CriticalityLevel, diff } = await import('@graphql-inspector/core')
  const all = await diff(fromText(before), fromText(after))
  // Of a new type its name is enough.
  const added = new Set(all.filter(({ type }) => type === ChangeType.TypeAdded).map(({ path }) => path))
  const changes = all.filter(
    ({ type, path = '' }) =>
      type === ChangeType.TypeAdded || !(/DESCRIPTION/.test(type) || added.has(path.split('.')[0] ?? '')),
  )
  const messages = (level: CriticalityLevel) =>
    changes.filter(({ criticality }) => criticality.level === level).map(({ message }) => message)
  return {
    breaking: messages(CriticalityLevel.Breaking),
    dangerous: messages(CriticalityLevel.Dangerous),
    safe: messages(CriticalityLevel.NonBreaking),
  }
}

function fromText(schema: GraphQLSchema): GraphQLSchema {
  return buildSchema(printSchema(lexicographicSortSchema(schema)))
}
