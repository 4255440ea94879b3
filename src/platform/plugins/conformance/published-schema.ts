import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSchema, type GraphQLSchema, printSchema } from 'graphql'
import { schemaAdditions, withAdditions } from '../host/schema-additions.ts'

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
  const published = withAdditions(plain(before), await readFile(path, 'utf8'))
  const { CriticalityLevel, DiffRule, diff } = await import('@graphql-inspector/core')
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
  await writeFile(join(directory, PUBLISHED), schemaAdditions(before, after))
}

/** As clients see it: what printing leaves out is no difference to them. */
function plain(schema: GraphQLSchema): GraphQLSchema {
  return buildSchema(printSchema(schema))
}
