import { z } from 'zod'
import { codedError } from '../platform/errors.ts'

/** The operations that the operator has registered, and whether other operations are executed too. */
export interface PersistedOperations {
  /** `only`: no other operations are executed. `allow`: clients may also send any document. */
  readonly mode: 'allow' | 'only'
  /** Documents by id. */
  readonly documents: ReadonlyMap<string, string>
}

/** The parts of a request that select its document. */
interface DocumentSelector {
  readonly query?: unknown
  readonly documentId?: unknown
  readonly extensions?: unknown
}

// The format of relay-compiler and GraphQL Code Generator.
const documentsById = z.record(z.string(), z.string())
// The format of Apollo's generate-persisted-query-manifest.
const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

/**
 * Returns the documents by id from the text of a file. Throws an Error whose message is a clause about the file, such
 * as "it is not valid JSON".
 */
export function readPersistedDocuments(text: string): ReadonlyMap<string, string> {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new Error('it is not valid JSON')
  }
  const byId = documentsById.safeParse(content)
  if (byId.success) return new Map(Object.entries(byId.data))
  const listed = manifest.safeParse(content)
  if (listed.success) return new Map(listed.data.operations.map(({ id, body }) => [id, body]))
  throw new Error(
    'it is neither an object of documents by id, as written by relay-compiler, nor a manifest (version 1) of Apollo’s generate-persisted-query-manifest',
  )
}

const apolloExtension = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) })

/**
 * Returns the document of a request. `documentId` (GraphQL over HTTP) and `extensions.persistedQuery.sha256Hash`
 * (Apollo, urql) select a persisted document. Without such an id, returns the value of `query`, which may have any
 * type.
 * @throws GraphQLError PERSISTED_QUERY_ID_REQUIRED when only persisted operations are executed and the request has no
 *   id, PERSISTED_QUERY_NOT_FOUND when the id is unknown and the request can't be executed without it, and
 *   PERSISTED_QUERY_NOT_SUPPORTED when the server has no persisted operations and the request has no `query`.
 */
export function documentOf(request: DocumentSelector, persisted: PersistedOperations | null): unknown {
  const id = idIn(request)
  const hasDocument = request.query !== undefined && request.query !== null && request.query !== ''
  if (id === null) {
    if (persisted?.mode !== 'only') return request.query
    throw codedError(
      'PERSISTED_QUERY_ID_REQUIRED',
      'This server executes only persisted operations. Send the id of a persisted operation.',
    )
  }
  // The messages PersistedQueryNotSupported and PersistedQueryNotFound must not change: client libraries recognise
  // them.
  if (!persisted) {
    if (hasDocument) return request.query
    throw codedError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
  }
  const document = persisted.documents.get(id)
  if (document !== undefined) return document
  if (persisted.mode === 'allow' && hasDocument) return request.query
  throw codedError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
}

/** Returns the id of a persisted operation in a request, or null. */
function idIn({ documentId, extensions }: DocumentSelector): string | null {
  if (typeof documentId === 'string') return documentId
  if (extensions === undefined || extensions === null) return null
  const apollo = apolloExtension.safeParse(extensions)
  return apollo.success ? apollo.data.persistedQuery.sha256Hash : null
}
