import type { GraphQLSchema } from 'graphql'
import type { Feed } from '../changes/feed.ts'
import type { OpenStreams } from '../changes/follow.ts'
import type { Pulse } from '../changes/pulse.ts'
import type { Database } from '../data/database.ts'
import type { StatementListener } from '../data/transaction.ts'
import type { UniqueIndexes } from '../data/unique-indexes.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { Work } from '../declare/rules/rule.ts'
import type { Actor } from '../identity/authenticate.ts'
import type { TrustedIssuers } from '../identity/providers/trusted-issuers.ts'
import type { JobQueue } from '../jobs/queue.ts'
import type { PluginHost } from '../plugins/host/host.ts'
import type { Registry } from '../registry/registry.ts'
import type { PluginFailure } from '../sandbox/strikes.ts'

/** What one app holds for all requests of the workspaces that use the same plugins. */
export interface Runtime {
  readonly database: Database
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** The plugins in it beside core, each after those it depends on. */
  readonly pluginIds: readonly string[]
  readonly host: PluginHost
  readonly feed: Feed
  /** Looks at what nobody announces, for streams that wait. */
  readonly pulse: Pulse
  /** Whether access tokens of that signing key are still accepted; it follows a rotation within 30 s. */
  readonly acceptsKey: (keyId: string) => Promise<boolean>
  /** Counts the streams that actors have open; without a limit when absent. */
  readonly streams?: OpenStreams
  readonly uniqueIndexes: UniqueIndexes
  /** What the plugin's code may use while it runs in the work's transaction. */
  readonly pluginContext: (work: Work, plugin: Plugin) => PluginContext
  /** Where plugins put work for the background; absent where nothing would do it. */
  readonly jobs?: JobQueue
  /** The time that writes, rules and jobs see; the real one when absent. */
  readonly now?: () => Date
  /** Identity providers that the operator lets workspaces use; none when absent. */
  readonly trustedIssuers?: TrustedIssuers
  /** Told of every failure of a plugin, for the log. */
  readonly onPluginFailure?: (failure: PluginFailure) => void
  /** Told of every statement sent for a request; tests count them. */
  readonly onStatement?: StatementListener
}

/** Where a request came from, as far as that is known. */
export interface RequestOrigin {
  /** Network address of the client. */
  readonly ipAddress: string | null
  /** What its program says of itself, 500 characters at most. */
  readonly userAgent: string | null
}

/** What one request knows. A subscription's events each get a fresh one. */
export interface RequestContext {
  readonly runtime: Runtime
  readonly actor: Actor
  readonly requestId: string
  /** Where the request came from, for the audit; absent for what no request asked for. */
  readonly origin?: RequestOrigin
  /** Root mutation field that is being answered, for the audit; absent for what no mutation asked for. */
  readonly mutation?: string
  /** Takes the records of objects with audited reads that the mutation's answer tells of, by object. */
  readonly told?: Map<string, Set<string>>
  /** `Idempotency-Key` header, or null. */
  readonly idempotencyKey: string | null
  /** Hash of document, variables and operation name: the same key with another request is refused. */
  readonly requestHash: string
}
