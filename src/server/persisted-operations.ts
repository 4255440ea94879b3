import { z } from 'zod'
import { codedError } from '../platform/errors.ts'

/** Operations that the operator knows, and whether others are executed beside them. */
export interface PersistedOperations {
  /** `only`: nothing else is executed. */
  readonly mode: 'allow' | 'only'
  /** Documents by id. */
  readonly documents: ReadonlyMap<string, string>
}

/** What a client asks for, as far as it tells which document. */
interface Asked {
  readonly query?: unknown
  readonly documentId?: unknown
  readonly extensions?: unknown
}

// What relay-compiler and GraphQL Code Generator write.
const byId = z.record(z.string(), z.string())
// What Apollo's generate-persisted-query-manifest writes.
const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/** Documents by id, from the text of a file. Throws an Error that says what is wrong with it. */
export function readPersistedDocuments(text: string): ReadonlyMap<string, string> {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new Error('it is no JSON')
  }
  const flat = byId.safeParse(content)
  if (flat.success) return new Map(Object.entries(flat.data))
  const listed = manifest.safeParse(content)
  if (listed.success) return new Map(listed.data.operations.map(({ id, body }) => [id, body]))
  throw new Error(
    'it is neither an object of documents by id, as relay-compiler writes it, nor a manifest of Apollo’s generate-persisted-query-manifest of version 1',
  )
}

const apolloExtension = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) })

/**
 * The document that is to be executed, as far as the request tells one: `documentId` (GraphQL over HTTP) and
 * `extensions.persistedQuery.sha256Hash` (Apollo, urql) name one that is known. Throws where it is not, and where only known
 * ones are executed.
 */
export function documentOf(asked: Asked, persisted: PersistedOperations | null): unknown {
  const id = idIn(asked)
  const hasDocument = asked.query !== undefined && asked.query !== null && asked.query !== ''
  if (id === null) {
    if (persisted?.mode !== 'only') return asked.query
    throw codedError('PERSISTED_QUERY_ID_REQUIRED', 'This server executes known operations only: send the id of one.')
  }
  // These two messages are what clients look for.
  if (!persisted) {
    if (hasDocument) return asked.query
    throw codedError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
  }
  const known = persisted.documents.get(id)
  if (known !== undefined) return known
  if (persisted.mode === 'allow' && hasDocument) return asked.query
  throw codedError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
}

function idIn({ documentId, extensions }: Asked): string | null {
  if (typeof documentId === 'string') return documentId
  if (extensions === undefined || extensions === null) return null
  const apollo = apolloExtension.safeParse(extensions)
  return apollo.success ? apollo.data.persistedQuery.sha256Hash : null
}
