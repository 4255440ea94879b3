import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'

/** Path of the committed GraphQL schema. */
export const SCHEMA_FILE = join(import.meta.dirname, '../schema.graphql')

/** Returns the text of a schema in the form that is committed: sorted, so that a diff shows only real changes. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

/** Returns the text of `schema.graphql`, or null when the file does not exist. */
export async function committedSchema(): Promise<string | null> {
  return readFile(SCHEMA_FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
