import type { GraphQLSchema } from 'graphql'
import type { Actor } from './access/actor.ts'
import type { Feed } from './changes/feed.ts'
import type { Database } from './data/database.ts'
import type { StatementListener } from './data/transaction.ts'
import type { UniqueIndexes } from './data/unique-indexes.ts'
import type { Registry } from './schema/registry.ts'

/** What one app holds for all of its requests. */
export interface Runtime {
  readonly database: Database
  readonly registry: Registry
  readonly schema: GraphQLSchema
  readonly feed: Feed
  readonly uniqueIndexes: UniqueIndexes
  /** Told of every statement sent for a request; tests count them. */
  readonly onStatement?: StatementListener
}

/** What one request knows. A subscription's events each get a fresh one. */
export interface RequestContext {
  readonly runtime: Runtime
  readonly actor: Actor
  readonly requestId: string
  /** `Idempotency-Key` header, or null. */
  readonly idempotencyKey: string | null
  /** Hash of document, variables and operation name: the same key with another request is refused. */
  readonly requestHash: string
}
