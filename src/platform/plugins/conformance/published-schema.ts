import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSchema, type GraphQLSchema, printSchema } from 'graphql'
import { schemaAdditions, withAdditions } from '../host/schema-additions.ts'

/** File in the plugin's folder with what the plugin added to the GraphQL schema when it was last published. */
export const PUBLISHED_SCHEMA = 'schema.graphql'

/**
 * Returns the breaking changes to the plugin's published schema, one sentence each. To remove a field that the
 * published schema marks as deprecated is not a breaking change. Null when the plugin's folder has no published schema.
 * @param before Schema without the plugin.
 * @param after Schema with the plugin.
 */
export async function breakingChanges(
  directory: string,
  before: GraphQLSchema,
  after: GraphQLSchema,
): Promise<readonly string[] | null> {
  const path = join(directory, PUBLISHED_SCHEMA)
  if (!existsSync(path)) return null
  const published = withAdditions(reparsed(before), await readFile(path, 'utf8'))
  const { CriticalityLevel, DiffRule, diff } = await import('@graphql-inspector/core')
  const changes = await diff(reparsed(published), reparsed(after), [DiffRule.suppressRemovalOfDeprecatedField])
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(
      ({ message }) =>
        `${message}. Keep it, or raise the major version and publish again: rapport plugin check --publish`,
    )
}

/** Writes the plugin's additions to the schema to its folder, so that later checks compare with them. */
export async function publishSchema(directory: string, before: GraphQLSchema, after: GraphQLSchema): Promise<void> {
  await writeFile(join(directory, PUBLISHED_SCHEMA), schemaAdditions(before, after))
}

/** Returns the schema with only what is in its SDL, which is what clients can see. */
function reparsed(schema: GraphQLSchema): GraphQLSchema {
  return buildSchema(printSchema(schema))
}
