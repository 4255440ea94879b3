import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'

/** Where the schema that clients build on is committed. */
export const SCHEMA_FILE = join(import.meta.dirname, '../schema.graphql')

/** The schema as it is committed: in one order, so that a diff shows what changed and nothing else. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

/** The committed schema, or null when there is none yet. */
export async function committedSchema(): Promise<string | null> {
  return readFile(SCHEMA_FILE, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
